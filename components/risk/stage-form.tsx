"use client";

import { useActionState, useState } from "react";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { ChoiceField } from "@/components/ui/choice-field.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { AUTONOMY_STAGES, isBelow, stageAbove, type AutonomyStage } from "@/lib/domain/authority-level.ts";
import { whatItMeans } from "@/lib/domain/authority-meaning.ts";
import type { Answer } from "@/lib/domain/permissions.ts";
import type { FormAction } from "@/lib/server-action.ts";

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
  const [wanted, setWanted] = useState<AutonomyStage>(stage);
  const isLower = isBelow(wanted, stage);
  const { action, permission } = isLower ? lower : raise;
  const [state, submit] = useActionState(action, { status: "idle" });
  const choices = AUTONOMY_STAGES.map((each) => ({ value: each, label: each === stage ? `${each}, now` : each, detail: whatItMeans(each) }));
  return (
    <form action={submit}>
      <input type="hidden" name="agentId" value={agentId} />
      <Card title="The stage">
        <CardBody className="form-stack">
          <div onChange={(event) => setWanted(stageOf((event.target as HTMLInputElement).value) ?? stage)}>
            <ChoiceField key={stage} name="stage" label="How far the current version may go" choices={choices} defaultValue={stage} isRequired />
          </div>
          <TextAreaField name="reason" label="Reason" required minLength={3} maxLength={2_000} defaultValue={state.status === "failed" ? (state.values?.["reason"] ?? "") : ""} />
          <FormResult state={state} />
          <div className="actions">
            <SubmitButton disabledReason={whyNot({ wanted, stage, isLower, hasVersion, openChange, permission })}>{isLower ? `Lower to ${wanted} now` : `Propose ${wanted} for review`}</SubmitButton>
          </div>
        </CardBody>
      </Card>
    </form>
  );
}

const stageOf = (value: string): AutonomyStage | undefined => AUTONOMY_STAGES.find((stage) => stage === value);

interface Choice {
  wanted: AutonomyStage;
  stage: AutonomyStage;
  isLower: boolean;
  hasVersion: boolean;
  openChange: boolean;
  permission: Answer;
}

function whyNot({ wanted, stage, isLower, hasVersion, openChange, permission }: Choice): string | undefined {
  if (wanted === stage) return `It stands at ${stage} already.`;
  if (!permission.ok) return permission.reason;
  if (isLower) return undefined;
  if (wanted !== stageAbove(stage)) return `Authority rises one stage at a time: after ${stage} comes ${stageAbove(stage)}.`;
  if (!hasVersion) return "A stage belongs to an approved version; this agent has none yet.";
  return openChange ? "A proposal for another stage waits already. Decide or withdraw it first." : undefined;
}
