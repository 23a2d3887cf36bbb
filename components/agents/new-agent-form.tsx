"use client";

import { useActionState } from "react";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { TextAreaField, TextField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { ListField } from "@/components/ui/list-field.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { Answer } from "@/lib/domain/permissions.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { formFields } from "./form-fields.ts";

export function NewAgentForm({ action, permission }: { action: FormAction; permission: Answer }) {
  const [state, submit] = useActionState(action, { status: "idle" });
  const field = formFields(state);
  return (
    <form action={submit}>
      <Card title="The essentials" meta="the rest of the card can follow">
        <CardBody className="form-stack">
          <FormResult state={state} />
          <TextField {...field("agentId")} label="Handle" hint="Chosen once: lower-case letters, digits and dashes. The agent's traces carry it as service.name." placeholder="refund-bot" required autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={63} />
          <TextField {...field("team")} label="Team" placeholder="Payments" maxLength={100} />
          <TextAreaField {...field("purpose")} label="Purpose" hint="One or two sentences that a new teammate understands." placeholder="Decides and pays refunds for the web shop, from the ticket to the customer's reply." maxLength={2_000} />
          <div className="form-cols">
            <TextField {...field("escalationContact")} label="Escalation contact" hint="Who is told when it cannot go on." placeholder="payments-oncall@example.com" />
            <TextField {...field("onCallRotation")} label="On-call rotation" placeholder="Payments rotation" />
          </div>
          <ListField name="boundary.mustNever[]" label="Must never" hint="The first line of its boundary. The other lists are on its card." noun="rule" error={field("boundary.mustNever").error} />
          <div className="actions">
            <SubmitButton variant="primary" pendingLabel="Creating…" disabledReason={permission.ok ? undefined : permission.reason}>Create agent</SubmitButton>
          </div>
        </CardBody>
      </Card>
    </form>
  );
}
