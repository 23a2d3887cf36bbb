"use client";

import { useActionState, useState } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { ChoiceField } from "@/components/ui/choice-field.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { AUTONOMY_STAGES, isBelow, type AutonomyStage } from "@/lib/domain/authority-level.ts";
import { whatItMeans } from "@/lib/domain/authority-meaning.ts";
import type { Answer } from "@/lib/domain/permissions.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { whyNotStage } from "./why-not-stage.ts";

interface StageFormProps {
  agentId: string;
  stage: AutonomyStage;
  hasVersion: boolean;
  openChange: boolean;
  raise: { action: FormAction; permission: Answer };
  lower: { action: FormAction; permission: Answer };
}

/** Higher needs the technical and the business owner; lower takes effect at once. */
export function StageForm({ agentId, stage, hasVersion, openChange, raise, lower }: StageFormProps) {
  // What was chosen from another stage, before the page was made anew, is no choice any more.
  const [chosen, setChosen] = useState({ from: stage, wanted: stage });
  const wanted = chosen.from === stage ? chosen.wanted : stage;
  const isLower = isBelow(wanted, stage);
  const stale = useStaleReason();
  const { action, permission } = isLower ? lower : raise;
  const [state, submit] = useActionState(action, { status: "idle" });
  const choices = AUTONOMY_STAGES.map((each) => ({ value: each, label: each === stage ? `${each}, now` : each, detail: whatItMeans(each) }));
  return (
    <form action={submit}>
      <input type="hidden" name="agentId" value={agentId} />
      <Card title="The stage">
        <CardBody className="form-stack">
          <div onChange={(event) => setChosen({ from: stage, wanted: stageOf((event.target as HTMLInputElement).value) ?? stage })}>
            <ChoiceField key={stage} name="stage" label="How far the current version may go" choices={choices} defaultValue={stage} isRequired />
          </div>
          <TextAreaField name="reason" label="Reason" required minLength={3} maxLength={2_000} defaultValue={state.status === "failed" ? (state.values?.["reason"] ?? "") : ""} />
          <FormResult state={state} />
          <div className="actions">
            <SubmitButton disabledReason={whyNotStage({ wanted, stage, isLower, hasVersion, openChange, permission, stale })}>{isLower ? `Lower to ${wanted} now` : `Propose ${wanted} for review`}</SubmitButton>
          </div>
        </CardBody>
      </Card>
    </form>
  );
}

const stageOf = (value: string): AutonomyStage | undefined => AUTONOMY_STAGES.find((stage) => stage === value);
