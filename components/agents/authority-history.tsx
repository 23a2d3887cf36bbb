import { Card, CardBody } from "@/components/ui/card.tsx";
import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Time } from "@/components/ui/time.tsx";
import { CONSTRAINT_NAMES, type ConstraintSource } from "@/lib/domain/authority.ts";
import { AUTHORITY_LEVELS, rankOfLevel, type AuthorityLevel } from "@/lib/domain/authority-level.ts";

export interface ShownStep {
  id: string;
  at: Date;
  level: AuthorityLevel;
  binding: ConstraintSource;
  reason: string;
}

/** `steps` newest first. */
export function AuthorityHistory({ steps, now }: { steps: readonly ShownStep[]; now: Date }) {
  const oldest = steps.at(-1);
  const columns: readonly Column<ShownStep>[] = [
    { key: "at", header: "Since", width: "152px", cell: (step) => <Time at={step.at} show="moment" now={now} /> },
    { key: "level", header: "Authority", priority: 2, cell: (step) => step.level },
    { key: "binding", header: "Bound by", isSelfEvident: true, cell: (step) => CONSTRAINT_NAMES[step.binding] },
    { key: "reason", header: "Reason", isSelfEvident: true, cell: (step) => step.reason },
  ];
  return (
    <Card title="Authority over time" meta={steps.length === 1 ? "1 change" : `${steps.length} changes`}>
      {oldest !== undefined && <CardBody><StepChart steps={steps.toReversed()} from={oldest.at.getTime()} to={now.getTime()} now={now} /></CardBody>}
      <DataTable caption="Changes of authority, the newest first" columns={columns} rows={steps} rowKey={(step) => step.id} empty={<EmptyState kind="nothing_yet" title="Nothing was recorded yet." />} />
    </Card>
  );
}

const heightOf = (level: AuthorityLevel): number => 100 - (rankOfLevel(level) / (AUTHORITY_LEVELS.length - 1)) * 100;

/** `steps` oldest first: a level holds until the next one. */
function StepChart({ steps, from, to, now }: { steps: readonly ShownStep[]; from: number; to: number; now: Date }) {
  const x = (at: number): number => (to === from ? 0 : ((at - from) / (to - from)) * 100);
  const path = steps.map(({ at, level }, index) => `${index === 0 ? "M" : "H"}${x(at.getTime()).toFixed(2)}${index === 0 ? " " : "V"}${heightOf(level)}`).join("");
  const last = steps.at(-1);
  return (
    <figure className="stepped">
      <div className="plot" role="img" aria-label={`Authority over time, ${last?.level ?? "unknown"} now. The table below has every change.`}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {AUTHORITY_LEVELS.map((level) => (
            <path key={level} className={level === "stopped" ? "zero" : "axis"} d={`M0 ${heightOf(level)}H100`} />
          ))}
          <path className="one" d={`${path}H100`} />
        </svg>
        {AUTHORITY_LEVELS.map((level) => (
          <span key={level} className="tick" style={{ top: `${heightOf(level)}%` }}>
            {level}
          </span>
        ))}
        {last && <span className="end" style={{ top: `${heightOf(last.level)}%` }} />}
      </div>
      <div className="x-axis">
        <Time at={from} show="moment" now={now} />
        <span>now</span>
      </div>
    </figure>
  );
}
