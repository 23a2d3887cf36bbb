import { Card, CardBody, CardFoot } from "@/components/ui/card.tsx";
import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Link } from "@/components/ui/link.tsx";
import { StatusMark, type StatusKind } from "@/components/ui/status-mark.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { Verdict } from "@/components/ui/verdict.tsx";
import type { SeedOutcome } from "@/lib/domain/seed-request.ts";
import { formatDurationMs, formatPercent } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { approvalRate, findingOf, isNeverRefused, qualitySentence, ruleName, seededSentence, type RuleFinding, type RuleQuality } from "./rule-quality.ts";

interface RuleQualityCardProps {
  quality: { rules: readonly RuleQuality[]; seeded: Readonly<Record<SeedOutcome, number>>; isCut: boolean };
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
  const never = rules.filter(isNeverRefused);
  if (rules.length === 0 && Object.values(seeded).every((count) => count === 0)) {
    return <Card title="By rule"><EmptyState kind="nothing_yet" title="Nobody was asked about an action yet.">Each rule that asks a person is listed here with how often they said yes, no or nothing.</EmptyState></Card>;
  }
  return (
    <Card title="By rule" meta={`${days} days`}>
      <CardBody>
        <Verdict size="lead" detail="A rule counts from ten decisions on. One that is never refused is better turned into policy: propose one in which it no longer asks, as a reviewed change.">
          {qualitySentence(rules)}
        </Verdict>
        {never.length > 0 && (
          <ul className="dense mt-2 grid gap-1">
            {never.slice(0, 5).map((row) => (
              <li key={`${row.agentId} ${row.rule}`}>
                {row.isPolicy ? (
                  <><Link className="link" href={paths.agentPolicy(row.agentId, { without: row.rule })}>Turn <code><UntrustedText text={row.rule} maxLength={120} /></code> into policy</Link> for {row.agentId}</>
                ) : (
                  <><Link className="link" href={paths.agentPolicy(row.agentId)}>The policy of {row.agentId}</Link>: {ruleName(row.rule)} asks, and no rule of its policy</>
                )}
              </li>
            ))}
          </ul>
        )}
      </CardBody>
      <DataTable caption="How each rule was answered" columns={columns} rows={rows(rules)} rowKey={(row) => `${row.agentId} ${row.rule} ${row.isPolicy}`} />
      <CardFoot>
        <span>{seededSentence(seeded)}</span>
        {isCut && <span>Only the rules that ask most often are listed.</span>}
      </CardFoot>
    </Card>
  );
}

/** What needs a look first. */
const rows = (rules: readonly RuleQuality[]): RuleQuality[] => rules.toSorted((a, b) => Number(isNeverRefused(b)) - Number(isNeverRefused(a)));
