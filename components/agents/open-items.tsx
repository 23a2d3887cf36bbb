import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Row, Rows } from "@/components/ui/rows.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { HEALTH_NAMES } from "@/lib/domain/fleet-health.ts";
import { formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";

interface OpenItemsProps {
  agentId: string;
  changes: readonly { id: string; title: string; class: string; authorName: string; proposedAt: Date; expiresAt: Date }[];
  findings: readonly { id: string; sentence: string; openedAt: Date; runCount: number; changeId: string | null }[];
  /** Calls that wait for a person's word. */
  held: { count: number; oldestAt: Date; firstEndsAt: Date } | null;
  /** Runs that a stop cut and that ask to go on since its release, by stop. */
  asking: readonly { stopId: string; runs: number }[];
  /** Why it counts as not reporting, and when it was heard of last; null where it reports. */
  silence: { sentence: string; lastSeenAt: Date } | null;
  /** What of the last day is worse than usual; null where nothing is. */
  worse: string | null;
  missing: readonly string[];
  /** Ids of overrides in force. */
  overrides: readonly string[];
  now: Date;
  className?: string | undefined;
}

/** What a person should look at, the most serious first. */
export function OpenItems({ agentId, changes, findings, held, asking, silence, worse, missing, overrides, now, className }: OpenItemsProps) {
  const count = changes.length + findings.length + asking.length + (held?.count ?? 0) + overrides.length + (silence === null ? 0 : 1) + (worse === null ? 0 : 1) + (missing.length > 0 ? 1 : 0);
  return (
    <Card title="Open items" meta={count} className={className}>
      {count === 0 ? <EmptyState kind="nothing_yet" title="Nothing is open.">No change and no action waits, nothing was found, no figure is worse than usual, and the card is complete.</EmptyState> : (
        <Rows>
          {findings.map((finding) => (
            <Row
              key={finding.id} mark="critical" href={paths.finding(finding.id)} title={<UntrustedText text={finding.sentence} maxLength={200} />}
              detail={<>{finding.changeId === null ? "Nobody has reviewed it" : "In review"}{finding.runCount > 0 && `, seen in ${formatCount(finding.runCount, "run")}`}, since <Time at={finding.openedAt} show="moment" now={now} /></>}
            />
          ))}
          {asking.map(({ stopId, runs }) => (
            <Row key={stopId} mark="stopped" href={`${paths.stopOf(stopId)}#runs`} title={`${formatCount(runs, "run stays", "runs stay")} cut since a release`} detail={`${runs === 1 ? "It asks" : "They ask"} to go on, and ${runs === 1 ? "is" : "are"} refused until somebody says so`} />
          ))}
          {silence !== null && <Row mark="unknown" href={paths.runs({ agent: agentId })} title={HEALTH_NAMES.not_reporting} detail={<>{silence.sentence} Last seen <Time at={silence.lastSeenAt} now={now} /></>} />}
          {held !== null && (
            <Row
              mark="waiting" href={paths.actions({ agent: agentId, state: "held" })} title={`${formatCount(held.count, "action")} ${held.count === 1 ? "waits" : "wait"} for a person`}
              detail={<>The oldest was asked <Time at={held.oldestAt} now={now} />, the first ends <Time at={held.firstEndsAt} now={now} /></>}
            />
          )}
          {changes.map((change) => (
            <Row
              key={change.id} mark="waiting" href={paths.change(change.id)} title={<UntrustedText text={change.title} maxLength={200} />}
              detail={<>{capitalise(change.class)}, proposed by {change.authorName} <Time at={change.proposedAt} now={now} />, expires <Time at={change.expiresAt} show="day" now={now} /></>}
            />
          ))}
          {worse !== null && <Row mark="warning" href={paths.agentMetrics(agentId)} title={HEALTH_NAMES.warning} detail={worse} />}
          {missing.length > 0 && (
            <Row mark="warning" href={paths.agentCard(agentId)} title={`The card lacks ${formatCount(missing.length, "thing")}`} detail={`${capitalise(missing.slice(0, 4).join(", "))}${missing.length > 4 ? ` and ${missing.length - 4} more` : ""}`} />
          )}
          {overrides.map((id) => (
            <Row key={id} mark="info" href={`${paths.agentAuthority(agentId)}#overrides`} title="An override is in force" detail="Who set it, why, and when it ends" />
          ))}
        </Rows>
      )}
    </Card>
  );
}

const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
