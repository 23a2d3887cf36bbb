"use client";

import { useActionState, useState } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { ChoiceField } from "@/components/ui/choice-field.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { FormMessage, FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { Verdict } from "@/components/ui/verdict.tsx";
import { CONTROL_TIERS, type ControlTier } from "@/lib/domain/authority-level.ts";
import type { Answer } from "@/lib/domain/permissions.ts";
import { proposeTier, TIER_QUESTIONS, type TierQuestionId } from "@/lib/domain/tier-guide.ts";
import { TIER_MEANINGS } from "@/lib/domain/tier-names.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { whyNotTier } from "./why-not-tier.ts";

interface TierGuideFormProps {
  agentId: string;
  tier: ControlTier | null;
  answers: Readonly<Record<string, boolean>>;
  /** A proposal that waits already. */
  openChange: boolean;
  propose: { action: FormAction; permission: Answer };
  lower: { action: FormAction; permission: Answer };
}

type Answers = Partial<Record<TierQuestionId, boolean>>;

/** The questions, what the answers allow, and the decision that a person makes of it. */
export function TierGuideForm({ agentId, tier, answers: stored, openChange, propose, lower }: TierGuideFormProps) {
  const [answers, setAnswers] = useState<Answers>(() => Object.fromEntries(TIER_QUESTIONS.filter(({ id }) => stored[id] !== undefined).map(({ id }) => [id, stored[id]])) as Answers);
  const [chosen, setChosen] = useState<{ from: ControlTier; wanted: ControlTier | null } | null>(null);
  const proposal = proposeTier(answers);
  // Before the first answer the guide has nothing to say, so the tier stays as it is.
  const isUnasked = proposal.unanswered.length === TIER_QUESTIONS.length;
  const suggested = isUnasked && tier !== null ? tier : proposal.tier;
  // What was chosen beside another suggestion, before the page was made anew, is no choice any more.
  const wanted = (chosen?.from === suggested ? chosen.wanted : null) ?? suggested;
  const isLower = tier !== null && wanted < tier;
  const { action, permission } = isLower ? lower : propose;
  const stale = useStaleReason();
  const [state, submit] = useActionState(action, { status: "idle" });

  // Answers that allow another tier ask for another decision.
  const answer = (id: TierQuestionId, value: boolean) => {
    const next = { ...answers, [id]: value };
    if (proposeTier(next).tier !== suggested) setChosen(null);
    setAnswers(next);
  };

  return (
    <form action={submit} className="stack">
      <input type="hidden" name="agentId" value={agentId} />
      <Card title="What it touches" meta={`${TIER_QUESTIONS.length - proposal.unanswered.length} of ${TIER_QUESTIONS.length} answered`}>
        <div className="rows">
          {TIER_QUESTIONS.map((question) => (
            <Question key={question.id} {...question} answer={answers[question.id]} onAnswer={(value) => answer(question.id, value)} />
          ))}
        </div>
      </Card>
      <Card title="The tier">
        <CardBody className="form-stack">
          <div aria-live="polite">
            {isUnasked
              ? <Verdict level={3} detail="The answers say how far the agent may go at most.">Answer the questions, and the guide proposes a tier.</Verdict>
              : <Verdict level={3} detail={proposal.because.join(" ")}>The answers allow tier {proposal.tier}: {TIER_MEANINGS[proposal.tier]}.</Verdict>}
          </div>
          <div onChange={(event) => setChosen({ from: suggested, wanted: tierOf((event.target as HTMLInputElement).value) })}>
            <ChoiceField
              key={suggested} name="tier" label="Your decision" defaultValue={String(suggested)} isRequired
              choices={CONTROL_TIERS.map((each) => ({ value: String(each), label: `Tier ${each}, ${TIER_MEANINGS[each]}`, detail: detailOf(each, tier, isUnasked ? null : proposal.tier) }))}
            />
          </div>
          {!isUnasked && wanted > proposal.tier && <FormMessage kind="warning">This is above what the answers allow. Say why in the reason; the business owner decides.</FormMessage>}
          <TextAreaField name="reason" label="Reason" required minLength={3} maxLength={2_000} error={state.status === "failed" ? state.fields?.["reason"] : undefined} defaultValue={state.status === "failed" ? (state.values?.["reason"] ?? "") : ""} />
          <FormResult state={state} />
          <div className="actions">
            <SubmitButton variant="primary" disabledReason={whyNotTier({ wanted, tier, isLower, openChange, permission, stale })}>
              {isLower ? `Lower to tier ${wanted} now` : `Propose tier ${wanted} for review`}
            </SubmitButton>
          </div>
        </CardBody>
      </Card>
    </form>
  );
}

interface QuestionProps {
  id: TierQuestionId;
  question: string;
  explanation: string;
  answer: boolean | undefined;
  onAnswer: (answer: boolean) => void;
}

function Question({ id, question, explanation, answer, onAnswer }: QuestionProps) {
  return (
    <fieldset className="question">
      <legend>{question}</legend>
      <p className="row-detail">{explanation}</p>
      <div className="answers">
        {([["yes", true], ["no", false]] as const).map(([word, value]) => (
          <label key={word}>
            <input type="radio" name={`answers.${id}`} value={word} checked={answer === value} onChange={() => onAnswer(value)} />
            {word === "yes" ? "Yes" : "No"}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

const tierOf = (value: string): ControlTier | null => CONTROL_TIERS.find((tier) => String(tier) === value) ?? null;

function detailOf(each: ControlTier, current: ControlTier | null, proposed: ControlTier | null): string {
  const notes = [each === current ? "It is in this tier now." : "", each === proposed ? "What the answers allow." : "", current !== null && each < current ? "Takes effect at once." : ""];
  return notes.filter((note) => note !== "").join(" ") || "Needs a review.";
}
