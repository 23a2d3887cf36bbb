import { Card, CardBody } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { KeyValue } from "@/components/ui/key-value.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Mono } from "@/components/ui/mono.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import type { AgentCard, ReversalRule } from "@/lib/domain/agent-card.ts";
import { AT_LIMIT } from "@/lib/domain/limit-words.ts";
import type { ToolEffect } from "@/lib/domain/manifest.ts";
import { approverWords } from "@/lib/domain/reversal-approval.ts";
import { OWNER_ROLES, ROLE_NAMES, type OwnerRole } from "@/lib/domain/roles.ts";
import { formatMinor, formatNanoUsd, formatNumber } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";

export interface ShownOwner {
  role: OwnerRole;
  personId: string;
  name: string;
  isDeputy: boolean;
  deputyUntil: Date | null;
  isInForce: boolean;
}

export function OwnersCard({ owners, card, now }: { owners: readonly ShownOwner[]; card: AgentCard; now: Date }) {
  return (
    <Card title="Owners" className="fourth">
      <ul className="rows">
        {OWNER_ROLES.map((role) => (
          <OwnerLine key={role} role={role} owners={owners.filter((owner) => owner.role === role)} now={now} />
        ))}
        <li className="px-4 py-2.5">
          <span className="meta block">On call</span>
          {card.onCallRotation ? <span className="font-medium">{card.onCallRotation}</span> : <StatusMark kind="warning">No rotation named</StatusMark>}
          <span className="dense block text-fg-3">{card.escalationContact ? `Escalates to ${card.escalationContact}` : "No escalation contact"}</span>
        </li>
        <ReversalLine rule={card.reversal} />
      </ul>
    </Card>
  );
}

/** Said where the card asks for more than the rule of the house. */
function ReversalLine({ rule: { secondPerson, approver } }: { rule: ReversalRule }) {
  if (secondPerson === "large" && approver === null) return null;
  return (
    <li className="px-4 py-2.5">
      <span className="meta block">Taking actions back</span>
      <span className="font-medium">{secondPerson === "every" ? "Two people, each time" : "Two people for more than one action, or one that stays"}</span>
      {approver !== null && <span className="dense block text-fg-3">One of them is {approverWords(approver)}</span>}
    </li>
  );
}

function OwnerLine({ role, owners, now }: { role: OwnerRole; owners: readonly ShownOwner[]; now: Date }) {
  const owner = owners.find((each) => !each.isDeputy);
  const deputies = owners.filter((each) => each.isDeputy && each.isInForce);
  return (
    <li className="px-4 py-2.5">
      <span className="meta block">{ROLE_NAMES[role]}</span>
      {owner === undefined ? <StatusMark kind="warning">Nobody named</StatusMark> : <span className="font-medium">{owner.name}</span>}
      {owner && !owner.isInForce && <StatusMark kind="warning">can no longer sign in</StatusMark>}
      <span className="dense block text-fg-3">
        {deputies.length === 0 && "No deputy named"}
        {deputies.map((deputy) => (
          <span key={deputy.personId} className="block">
            Deputy {deputy.name}
            {deputy.deputyUntil && <> until <Time at={deputy.deputyUntil} show="day" now={now} /></>}
          </span>
        ))}
      </span>
    </li>
  );
}

export function BoundaryCard({ card, revision }: { card: AgentCard; revision: number }) {
  const { may, mustNever, mustEscalateWhen, doneMeans } = card.boundary;
  const items = [["May", may], ["Must never", mustNever], ["Escalates", mustEscalateWhen], ["Done means", doneMeans]] as const;
  return (
    <Card title="Boundary" meta={`card revision ${revision}`} className="fourth">
      <CardBody>
        <KeyValue align="left" className="gap-y-3!" items={items.map(([label, lines]) => ({ label, value: <Lines lines={lines} /> }))} />
      </CardBody>
    </Card>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return <span className="text-fg-3">Not written yet</span>;
  return (
    <ul className="grid gap-1">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

export interface ShownTool {
  name: string;
  effect: ToolEffect;
  system: string | null;
  undoWithinHours: number | null;
  canBeUndone: boolean;
}

const MOST_TOOLS = 12;

export function ToolsCard({ tools, versionHref, hooksHref }: { tools: readonly ShownTool[]; versionHref: string | null; hooksHref: string }) {
  const hasEffect = tools.some(({ effect }) => effect !== "read");
  return (
    <Card title="Tools" meta={tools.length} className="fourth" actions={hasEffect ? <Link className="link dense inline-flex min-h-6 items-center" href={hooksHref}>Ways back</Link> : undefined}>
      {tools.length === 0 && <EmptyState kind="nothing_yet" title={versionHref === null ? "No version is approved yet." : "The current version has no tools."} />}
      <Rows>
        {tools.slice(0, MOST_TOOLS).map((tool) => (
          <li key={tool.name} className="dense flex items-baseline gap-3 px-4 py-2">
            <Mono className="min-w-0 flex-1 wrap-anywhere"><UntrustedText text={tool.name} maxLength={200} /></Mono>
            <span className="text-right text-fg-2">{effectOf(tool)}</span>
          </li>
        ))}
      </Rows>
      {versionHref !== null && tools.length > MOST_TOOLS && (
        <div className="card-foot">
          <Link className="link inline-flex min-h-6 items-center" href={versionHref}>All {tools.length} tools</Link>
        </div>
      )}
    </Card>
  );
}

function effectOf({ effect, undoWithinHours, canBeUndone }: ShownTool): string {
  if (effect === "read" || !canBeUndone) return effect;
  return undoWithinHours === null ? `${effect}, can be undone` : `${effect}, undo ${formatNumber(undoWithinHours)} h`;
}

interface BudgetCardProps {
  agentId: string;
  budget: AgentCard["monthlyBudget"];
  /** Since the first of the month, over the runs whose cost is known. */
  spend: { nanoUsd: number; unknownRuns: number };
  now: Date;
}

export function BudgetCard({ agentId, budget, spend, now }: BudgetCardProps) {
  const month = now.toLocaleString("en", { month: "long", timeZone: "UTC" });
  const share = budget?.currency === "USD" ? spend.nanoUsd / 1e9 / (budget.amountMinor / 100) : null;
  return (
    <Card title={`Budget, ${month}`} className="fourth">
      <CardBody className="form-stack gap-3!">
        {share !== null && (
          <div className="h-3 overflow-hidden rounded-sm bg-hover" role="img" aria-label={`${Math.round(share * 100)} % of the monthly budget is used`}>
            <div className="h-full bg-fg-2" style={{ width: `${Math.min(100, share * 100)}%` }} />
          </div>
        )}
        <KeyValue
          items={[
            { label: "Used", value: formatNanoUsd(spend.nanoUsd) },
            { label: "Monthly budget", value: budget === null ? <Link className="link" href={paths.agentCard(agentId)}>Not set</Link> : formatMinor(budget.amountMinor, budget.currency) },
            ...(budget === null ? [] : [{ label: "At 100 %", value: AT_LIMIT }]),
            ...(spend.unknownRuns > 0 ? [{ label: "Cost unknown", value: `${formatNumber(spend.unknownRuns)} runs` }] : []),
          ]}
        />
      </CardBody>
    </Card>
  );
}
