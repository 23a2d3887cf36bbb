"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Card, CardBody, CardFoot } from "@/components/ui/card.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Row, Rows } from "@/components/ui/rows.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { Verdict } from "@/components/ui/verdict.tsx";
import type { GateDecision } from "@/lib/domain/gate-decision.ts";
import { paths } from "@/lib/paths.ts";
import type { Asked } from "./use-draft.ts";

export interface DraftFlip {
  decisionId: string;
  tool: string;
  before: GateDecision;
  after: GateDecision;
  sentence: string;
  runId: string | null;
  actionId: string | null;
  decidedAt: Date;
}

export type Replayed =
  | { kind: "unreadable"; sentence: string }
  | { kind: "replayed"; decided: number; since: Date | null; widened: number; narrowed: number; flips: readonly DraftFlip[]; moreFlips: number }
  | null;

interface DraftReplayProps {
  text: string;
  /** Tried already, for this text; null: not tried. */
  initial: { text: string; replay: Replayed } | null;
  cannot: string | null;
  replay: (text: string) => Promise<Asked<Replayed>>;
}

const WORDS: Readonly<Record<GateDecision, string>> = { permit: "permitted", hold: "held", deny: "refused" };
const RANK: Readonly<Record<GateDecision, number>> = { deny: 0, hold: 1, permit: 2 };
const NO_ANSWER = "The recorded calls could not be tried: the server did not answer.";

/** What the draft would have said to calls that were. On a press: deciding them all takes the gate's own time. */
export function DraftReplay({ text, initial, cannot, replay }: DraftReplayProps) {
  const [outcome, setOutcome] = useState<{ answer: Asked<Replayed>; of: string } | null>(initial && { answer: { ok: true, value: initial.replay }, of: initial.text });
  const [isAsking, setAsking] = useState(false);
  const ask = async () => {
    if (isAsking) return;
    setAsking(true);
    const answer = await replay(text).catch((): Asked<Replayed> => ({ ok: false, message: NO_ANSWER }));
    setOutcome({ answer, of: text });
    setAsking(false);
  };
  return (
    <Card title="On recorded calls">
      <CardBody>
        <p className="dense text-fg-2">The last calls that the gate recorded are decided again, with the arguments, counters and times of then.</p>
        <div className="actions mt-3">
          <Button disabledReason={cannot ?? undefined} aria-disabled={isAsking || undefined} onClick={() => void ask()}>{isAsking ? "Trying…" : "Try the draft on them"}</Button>
        </div>
      </CardBody>
      <div aria-live="polite">{outcome && <Outcome answer={outcome.answer} isOld={outcome.of !== text} />}</div>
    </Card>
  );
}

function Outcome({ answer, isOld }: { answer: Asked<Replayed>; isOld: boolean }) {
  if (!answer.ok) return <CardBody><FormMessage kind="error">{answer.message}</FormMessage></CardBody>;
  const { value } = answer;
  if (value === null) return <CardBody><FormMessage kind="warning">The draft has errors, so nothing can be decided by it.</FormMessage></CardBody>;
  if (value.kind === "unreadable") return <CardBody><FormMessage kind="warning">{value.sentence}</FormMessage></CardBody>;
  return (
    <>
      <CardBody className="border-t border-line">
        <Verdict level={3} detail={value.since ? <>Since <Time at={value.since} show="moment" />. What was never called is not shown by this.</> : "The gate has recorded no call of this agent."}>{verdictOf(value)}</Verdict>
        {isOld && <p className="meta mt-2">The draft was changed since. Try it again.</p>}
      </CardBody>
      {value.flips.length > 0 && <Rows label="Calls that would be decided otherwise">{value.flips.map((flip) => <FlipRow key={flip.decisionId} flip={flip} />)}</Rows>}
      {value.moreFlips > 0 && <CardFoot>{value.moreFlips.toLocaleString("en")} more are decided otherwise.</CardFoot>}
    </>
  );
}

function verdictOf({ decided, widened, narrowed }: { decided: number; widened: number; narrowed: number }): string {
  if (decided === 0) return "Cannot tell: there are no recorded calls.";
  const calls = `${decided.toLocaleString("en")} recorded ${decided === 1 ? "call" : "calls"}`;
  if (widened === 0 && narrowed === 0) return `None of ${calls} would be decided otherwise.`;
  const parts = [...(narrowed > 0 ? [`${narrowed.toLocaleString("en")} more would be held or refused`] : []), ...(widened > 0 ? [`${widened.toLocaleString("en")} would be allowed more`] : [])];
  return `Of ${calls}, ${parts.join(", and ")}.`;
}

function FlipRow({ flip }: { flip: DraftFlip }) {
  const href = flip.actionId ? paths.action(flip.actionId) : flip.runId ? paths.run(flip.runId) : null;
  const title = <><UntrustedText text={flip.tool} maxLength={200} />: {WORDS[flip.before]} → {WORDS[flip.after]}</>;
  return (
    <Row
      mark={RANK[flip.after] > RANK[flip.before] ? "warning" : "info"} title={href ? <Link className="link" href={href}>{title}</Link> : title} detail={<UntrustedText text={flip.sentence} maxLength={400} />}
      aside={<Time at={flip.decidedAt} />}
    />
  );
}
