import { Card, CardBody, CardFoot } from "@/components/ui/card.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Row, Rows } from "@/components/ui/rows.tsx";
import type { StatusKind } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { NamedText } from "@/components/ui/named-text.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { Verdict } from "@/components/ui/verdict.tsx";
import type { GateDecision } from "@/lib/domain/gate-decision.ts";
import { loosening, type ReplayClass } from "@/lib/domain/replay-class.ts";
import { paths } from "@/lib/paths.ts";

interface ReplayedFlip {
  decisionId: string;
  tool: string;
  before: GateDecision;
  after: GateDecision;
  sentence: string;
  runId: string | null;
  actionId: string | null;
  decidedAt: Date;
}

export type ReplayCardProps =
  | { kind: "unreadable"; sentence: string }
  | { kind: "replayed"; class: ReplayClass; decided: number; since: Date | null; widened: number; narrowed: number; flips: readonly ReplayedFlip[]; moreFlips: number };

/** What the change was classified by, where the calls of today show something else; null where they do not. */
type WhenClassified = { whenClassified: string | null };

const WORDS: Record<GateDecision, string> = { permit: "permitted", hold: "held", deny: "refused" };

/** Recorded calls under the proposed policy: what a reviewer wants to see before the rules themselves. */
export function ReplayCard({ whenClassified, ...replay }: ReplayCardProps & WhenClassified) {
  if (replay.kind === "unreadable") {
    return (
      <Card title="Policy, on recorded calls" id="replay" className="o1">
        <CardBody><Verdict level={3}>{replay.sentence}</Verdict></CardBody>
      </Card>
    );
  }
  const { decided, since, flips, moreFlips } = replay;
  return (
    <Card title="Policy, on recorded calls" id="replay" className="o1" meta={decided === 0 ? "no calls yet" : callsWord(decided)}>
      <CardBody>
        <Verdict level={3} detail={since ? <>Since <Time at={since} show="moment" />, decided again under both policies with the arguments, counters and times of then. What was never called is not shown by this.</> : "The gate has recorded no call of this agent, so nothing can be tried on the proposed policy."}>
          {verdictOf(replay)}
        </Verdict>
      </CardBody>
      {flips.length > 0 && <Rows label="Calls that would be decided otherwise">{flips.map((flip) => <FlipRow key={flip.decisionId} flip={flip} />)}</Rows>}
      {moreFlips > 0 && <CardFoot>{moreFlips.toLocaleString("en")} more are decided otherwise.</CardFoot>}
      {whenClassified !== null && <CardFoot><p>When this change was classified, the recorded calls of then showed something else. <NamedText text={whenClassified} /></p></CardFoot>}
    </Card>
  );
}

const callsWord = (count: number): string => `${count.toLocaleString("en")} ${count === 1 ? "call" : "calls"}`;

function verdictOf({ decided, widened, narrowed }: { decided: number; widened: number; narrowed: number }): string {
  if (decided === 0) return "Cannot tell: there are no recorded calls.";
  if (widened === 0 && narrowed === 0) return `None of ${callsWord(decided)} would be decided otherwise.`;
  const parts = [...(widened > 0 ? [`permits more in ${callsWord(widened)}`] : []), ...(narrowed > 0 ? [`permits less in ${callsWord(narrowed)}`] : [])];
  return `Of ${callsWord(decided)}, the proposed policy ${parts.join(" and ")}.`;
}

function FlipRow({ flip }: { flip: ReplayedFlip }) {
  const mark: StatusKind = loosening(flip) > 0 ? "warning" : "info";
  const href = flip.actionId ? paths.action(flip.actionId) : flip.runId ? paths.run(flip.runId) : null;
  const title = <><UntrustedText text={flip.tool} maxLength={200} />: {WORDS[flip.before]} → {WORDS[flip.after]}</>;
  return (
    <Row
      mark={mark} title={href ? <Link className="link" href={href}>{title}</Link> : title} detail={<NamedText text={flip.sentence} />}
      aside={<Time at={flip.decidedAt} show="relative" />}
    />
  );
}
