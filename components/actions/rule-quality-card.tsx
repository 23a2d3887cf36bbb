import Link from "next/link";
import { Card, CardBody, CardFoot } from "@/components/ui/card.tsx";
import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { StatusMark, type StatusKind } from "@/components/ui/status-mark.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { Verdict } from "@/components/ui/verdict.tsx";
import { formatCount, formatDurationMs, formatPercent } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { approvalRate, findingOf, isNeverRefused, qualitySentence, ruleName, type RuleFinding, type RuleQuality } from "./rule-quality.ts";

interface RuleQualityCardProps {
  quality: { rules: readonly RuleQuality[]; seeded: { rejected: number; approved: number }; isCut: boolean };
  days: number;
}

const FINDINGS: Record<RuleFinding, { word: string; mark: StatusKind }> = {
  never_refused: { word: "Never refused", mark: "warning" }, both_ways: { word: "Decided both ways", mark: "ok" }, too_few: { word: "Too few to say", mark: "unknown" }, nobody: { word: "Nobody decided", mark: "unknown" },
};

const columns: readonly Column<RuleQuality>[] = [
  { key: "rule", header: "Rule that asks", priority: 1, cell: (row) => (row.isPolicy ? <code><UntrustedText text={row.rule} maxLength={120} /></code> : ruleName(row.rule)) },
  { key: "finding", header: "Finding", priority: 2, width: "200px", cell: (row) => <StatusMark kind={FINDINGS[findingOf(row)].mark}>{FINDINGS[findingOf(row)].word}</StatusMark> },
  { key: "agent", header: "Agent", width: "150px", cell: (row) => <Link className="link" href={paths.actions({ agent: row.agentId, state: "all" })}>{row.agentId}</Link> },
  { key: "rate", header: "Approved", align: "right", width: "150px", cell: (row) => (approvalRate(row) === null ? "none" : `${formatPercent(approvalRate(row))} of ${row.approved + row.rejected}`) },
  { key: "expired", header: "Expired", align: "right", width: "80px", cell: (row) => row.expired },
  { key: "median", header: "Median time", align: "right", width: "110px", cell: (row) => (row.medianMs === null ? "none" : formatDurationMs(row.medianMs)) },
];

/** Whether the question still protects: a rule that is never refused teaches people to agree. */
export function RuleQualityCard({ quality: { rules, seeded, isCut }, days }: RuleQualityCardProps) {
  const seededCount = seeded.rejected + seeded.approved;
  const never = rules.filter(isNeverRefused);
  if (rules.length === 0 && seededCount === 0) {
    return <Card title="By rule"><EmptyState kind="nothing_yet" title="Nobody was asked about an action yet.">Each rule that asks a person is listed here with how often they said yes, no or nothing.</EmptyState></Card>;
  }
  return (
    <Card title="By rule" meta={`${days} days`}>
      <CardBody>
        <Verdict size="lead" detail="A rule counts from ten decisions on. One that is never refused is better a policy that permits, or one that asks about less: propose it as a change of the agent's policy.">
          {qualitySentence(rules)}
        </Verdict>
        {never.length > 0 && (
          <ul className="dense mt-2 grid gap-1">
            {never.slice(0, 5).map((row) => (
              <li key={`${row.agentId} ${row.rule}`}>
                <Link className="link" href={paths.registerVersion(row.agentId)}>Propose a policy for {row.agentId}</Link> in place of <code><UntrustedText text={row.rule} maxLength={120} /></code>
              </li>
            ))}
          </ul>
        )}
      </CardBody>
      <DataTable caption="How each rule was answered" columns={columns} rows={rows(rules)} rowKey={(row) => `${row.agentId} ${row.rule} ${row.isPolicy}`} />
      <CardFoot>
        <span>{seededCount === 0 ? "No seeded requests were made." : `Of ${formatCount(seededCount, "seeded request")} that ought to be refused, ${seeded.rejected} ${seeded.rejected === 1 ? "was" : "were"}.`}</span>
        {isCut && <span>Only the rules that ask most often are listed.</span>}
      </CardFoot>
    </Card>
  );
}

/** What needs a look first. */
const rows = (rules: readonly RuleQuality[]): RuleQuality[] => rules.toSorted((a, b) => Number(isNeverRefused(b)) - Number(isNeverRefused(a)));
