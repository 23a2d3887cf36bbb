import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names.ts";
import { Link } from "@/components/ui/link.tsx";
import { StatusShape } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { CONSTRAINT_NAMES, type Constraint, type ConstraintSource } from "@/lib/domain/authority.ts";
import { AUTHORITY_LEVELS, rankOfLevel, type AuthorityLevel } from "@/lib/domain/authority-level.ts";
import { paths } from "@/lib/paths.ts";

interface ConstraintListProps {
  agentId: string;
  /** The first one binds. */
  constraints: readonly Constraint[];
  now: Date;
  /** The control that takes an override back. */
  revoke: (overrideId: string) => ReactNode;
}

export function ConstraintList({ agentId, constraints, now, revoke }: ConstraintListProps) {
  return (
    <>
      <div className="constraint constraint-head" aria-hidden="true">
        <span>Constraint</span>
        <span>Allows at most</span>
        <span>Reason and evidence</span>
        <span className="when">Since, until</span>
      </div>
      <ol className="rows" aria-label="Constraints, the binding one first">
        {constraints.map((constraint, index) => (
          <ConstraintRow key={`${constraint.source}-${constraint.evidence.id ?? index}`} agentId={agentId} constraint={constraint} isBinding={index === 0} now={now} revoke={revoke} />
        ))}
      </ol>
    </>
  );
}

interface ConstraintRowProps {
  agentId: string;
  constraint: Constraint;
  isBinding: boolean;
  now: Date;
  revoke: (overrideId: string) => ReactNode;
}

function ConstraintRow({ agentId, constraint, isBinding, now, revoke }: ConstraintRowProps) {
  const { level, source, overriddenBy } = constraint;
  const link = evidenceLink(agentId, constraint);
  return (
    <li className={classNames("constraint", isBinding && "constraint-binding", level === null && "constraint-free")}>
      <span className="source">
        {CONSTRAINT_NAMES[source]}
        {isBinding && <span className="sr-only">, binds</span>}
      </span>
      <div className="allows">
        {level !== null && <LevelBar level={level} />}
        <div className="word">{level ?? "sets no limit"}</div>
      </div>
      <span className="reason">
        {constraint.reason}{" "}
        {link && (
          <Link className="link whitespace-nowrap" href={link.href}>
            {link.label}
          </Link>
        )}
      </span>
      <When constraint={constraint} now={now} />
      {overriddenBy && (
        <div className="exception">
          <StatusShape kind="info" />
          <span className="min-w-0 flex-1 basis-60">
            <b>Overridden</b> from {overriddenBy.from} to {overriddenBy.level} by {overriddenBy.by}: {overriddenBy.reason}
            {overriddenBy.until && <> Ends <Time at={overriddenBy.until} show="both" now={now} />.</>}
          </span>
          {revoke(overriddenBy.id)}
        </div>
      )}
      {source === "override" && constraint.evidence.id !== undefined && <div className="exception">{revoke(constraint.evidence.id)}</div>}
    </li>
  );
}

export function LevelBar({ level }: { level: AuthorityLevel }) {
  return (
    <div className="level-bar" aria-hidden="true">
      {AUTHORITY_LEVELS.map((each, rank) => (
        <i key={each} className={rank <= rankOfLevel(level) ? "on" : undefined} />
      ))}
    </div>
  );
}

function When({ constraint: { since, until, level, source }, now }: { constraint: Constraint; now: Date }) {
  if (since === null && until === null) return <span className="when">checked now</span>;
  const end = until === null && level !== null ? OPEN_ENDS[source] : undefined;
  return (
    <span className="when">
      {since && <span>since <Time at={since} show="moment" now={now} />{(until || end) && ", "}</span>}
      {until && <span>until <Time at={until} show="moment" now={now} /></span>}
      {end && <span>{end}</span>}
    </span>
  );
}

/** What ends it, where no clock does. */
const OPEN_ENDS: Partial<Record<ConstraintSource, string>> = { unreviewed_change: "until reviewed", kill_switch: "until released", card: "until complete" };

function evidenceLink(agentId: string, { source, evidence }: Constraint): { href: string; label: string } | null {
  const { kind, id } = evidence;
  if (kind === "change" && id !== undefined) return { href: paths.change(id), label: "The change" };
  if (kind === "finding" && id !== undefined) return { href: paths.finding(id), label: "The finding" };
  if (kind === "card") return { href: paths.agentCard(agentId), label: "Card" };
  if (kind === "stop" && id !== undefined) return { href: `${paths.stops()}#${id}`, label: "The stop" };
  if (source === "tier") return { href: paths.tierGuide(agentId), label: "Decision guide" };
  if (source === "stage") return { href: paths.agentVersions(agentId), label: "Versions" };
  if (kind === "override") return { href: `${paths.agentAuthority(agentId)}#overrides`, label: "Overrides" };
  return null;
}
