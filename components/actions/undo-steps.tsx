"use client";

import { useActionState } from "react";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { Link } from "@/components/ui/link.tsx";
import { NamedText } from "@/components/ui/named-text.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { StatusShape, StatusWord } from "@/components/ui/status-mark.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { stepWord } from "./undo-words.ts";

export interface UndoStepLine {
  id: string;
  actionId: string;
  effect: string;
  state: string;
  kind: string;
  attempts: number;
  nextAttemptAt: string | null;
  error: string | null;
  instructions: string | null;
  owner: string | null;
  /** The instructions are the agent's own words, which nobody reviewed. */
  isOfAgent: boolean;
  doneBy: string | null;
  endedAt: string | null;
}

const KINDS: Record<string, string> = { http: "by a request to its system", tool: "by a tool of the agent", manual: "by hand" };

interface UndoStepsProps {
  steps: readonly UndoStepLine[];
  cannotByHand: string | null;
  /** When the page was made. */
  now: number;
  action: FormAction;
}

/** The newest effect first, as they are taken back. */
export function UndoSteps({ steps, cannotByHand, now, action }: UndoStepsProps) {
  const done = steps.filter(({ state }) => state === "done").length;
  return (
    <Card title="Steps" className="o2" meta={`${done} of ${steps.length} taken back`}>
      {steps.length === 0 ? <EmptyState kind="nothing_yet" title="There is nothing to take back." /> : (
        <Rows label="Steps of the reversal" ordered>
          {steps.map((step) => <Step key={step.id} step={step} cannotByHand={cannotByHand} now={now} action={action} />)}
        </Rows>
      )}
    </Card>
  );
}

function Step({ step, cannotByHand, now, action }: { step: UndoStepLine; cannotByHand: string | null; now: number; action: FormAction }) {
  const { word, mark } = stepWord(step.state);
  return (
    <li className="act-step">
      <StatusShape kind={mark} />
      <div className="min-w-0">
        <Link className="link font-medium" href={paths.action(step.actionId)}><NamedText text={step.effect} /></Link>
        <p className="meta">
          {KINDS[step.kind] ?? step.kind}
          {step.attempts > 0 && `, tried ${formatCount(step.attempts, "time")}`}
          {step.state === "waiting" && step.nextAttemptAt !== null && (Date.parse(step.nextAttemptAt) <= now ? ", its turn comes" : <>, tried again <Time at={step.nextAttemptAt} now={now} /></>)}
          {step.endedAt !== null && <>, <Time at={step.endedAt} now={now} show="both" /></>}
          {step.doneBy !== null && `, ${step.doneBy.replace(/^person:/, "")} says that it is done`}
        </p>
      </div>
      <StatusWord kind={mark} className="act-end">{word}</StatusWord>
      {step.error !== null && step.state !== "done" && <div className="act-more"><UntrustedText as="block" text={step.error} maxLength={1_000} /></div>}
      {step.state === "by_hand" && <ByHand step={step} cannot={cannotByHand} action={action} />}
    </li>
  );
}

function ByHand({ step, cannot, action }: { step: UndoStepLine; cannot: string | null; action: FormAction }) {
  const [state, send] = useActionState(action, { status: "idle" });
  return (
    <form action={send} className="act-more grid gap-2">
      <p className="dense text-pretty">
        {step.isOfAgent && <b>Nobody reviewed this. The agent says: </b>}
        {step.instructions === null ? "It could not be taken back by itself. Take it back in its system." : <UntrustedText text={step.instructions} maxLength={2_000} />}
        {step.owner !== null && <span className="text-fg-2"> To be done by <UntrustedText text={step.owner} maxLength={200} />.</span>}
      </p>
      <input type="hidden" name="stepId" value={step.id} />
      <span><SubmitButton size="sm" disabledReason={cannot ?? undefined}>I did it</SubmitButton></span>
      <FormResult state={state} doneMessage="Noted." />
    </form>
  );
}
