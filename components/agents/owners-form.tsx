"use client";

import { useActionState } from "react";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { Answer } from "@/lib/domain/permissions.ts";
import { OWNER_ROLES, ROLE_NAMES, type OwnerRole } from "@/lib/domain/roles.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { formFields } from "./form-fields.ts";
import { PersonField } from "./person-field.tsx";

interface OwnersFormProps {
  agentId: string;
  /** `label`: what the person is written as, and found by. */
  owners: readonly { role: OwnerRole; personId: string; label: string; isDeputy: boolean; isInForce: boolean; deputyUntil: Date | null }[];
  action: FormAction;
  permission: Answer;
}

const ANSWERS_FOR: Record<OwnerRole, string> = {
  business_owner: "The tier, the budget and the outcomes.",
  technical_owner: "The versions, the tools and the runbook.",
  model_steward: "The model, the prompt and the suites.",
};

/** Named people, never a shared inbox. Saved by itself: naming an owner is not editing the card. */
export function OwnersForm({ agentId, owners, action, permission }: OwnersFormProps) {
  const [state, submit] = useActionState(action, { status: "idle" });
  const field = formFields(state);
  const person = (name: string, label: string, stored: string) => {
    const { defaultValue, error } = field(name, stored);
    return <PersonField key={`${name} ${defaultValue}`} agentId={agentId} name={name} label={label} defaultValue={defaultValue} error={error} />;
  };
  return (
    <form action={submit}>
      <input type="hidden" name="agentId" value={agentId} />
      <Card title="Owners" id="owners" meta="one person each, with deputies">
        {OWNER_ROLES.map((role) => {
          const held = owners.filter((owner) => owner.role === role && owner.isInForce);
          const deputies = [...held.filter((owner) => owner.isDeputy), null].slice(0, 5);
          return (
            <CardBody key={role} className="form-stack gap-3!">
              <fieldset className="form-stack gap-3!">
                <legend className="dense mb-1 font-medium">{ROLE_NAMES[role]}<span className="meta ml-2 font-normal">{ANSWERS_FOR[role]}</span></legend>
                {person(`owners.${role}.owner`, "Owner", held.find((owner) => !owner.isDeputy)?.label ?? "")}
                {deputies.map((deputy, index) => (
                  <div key={deputy?.personId ?? "new"} className="deputy-line">
                    {person(`owners.${role}.deputies.${index}.person`, deputy ? "Deputy" : "Another deputy", deputy?.label ?? "")}
                    <TextField {...field(`owners.${role}.deputies.${index}.lastDay`, deputy?.deputyUntil?.toISOString().slice(0, 10) ?? "")} label="Last day, UTC" type="date" />
                  </div>
                ))}
              </fieldset>
            </CardBody>
          );
        })}
        <CardBody className="form-stack">
          <FormResult state={state} />
          <div className="actions">
            <SubmitButton variant="primary" pendingLabel="Saving…" disabledReason={permission.ok ? undefined : permission.reason}>Save owners</SubmitButton>
          </div>
        </CardBody>
      </Card>
    </form>
  );
}
