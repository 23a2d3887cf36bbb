"use client";

import { useActionState } from "react";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { TextAreaField, TextField } from "@/components/ui/field.tsx";
import { FormMessage, FormResult } from "@/components/ui/form-message.tsx";
import { ListField } from "@/components/ui/list-field.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { AgentCard } from "@/lib/domain/agent-card.ts";
import type { Answer } from "@/lib/domain/permissions.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { formFields } from "./form-fields.ts";

interface NewAgentFormProps {
  action: FormAction;
  permission: Answer;
  /** Another agent's card to start from. */
  template: { id: string; card: AgentCard } | null;
}

export function NewAgentForm({ action, permission, template }: NewAgentFormProps) {
  const [state, submit] = useActionState(action, { status: "idle" });
  const field = formFields(state);
  return (
    <form action={submit}>
      <Card title="The essentials" meta="the rest of the card can follow">
        <CardBody className="form-stack">
          <FormResult state={state} />
          {template && (
            <>
              <input type="hidden" name="from" value={template.id} />
              <FormMessage kind="info" title={`Starts from the card of ${template.id}`}>Its boundary, inputs, tools, data sources, runbook, pact and reading are taken over. Owners, tier and budget are decided anew.</FormMessage>
            </>
          )}
          <TextField {...field("agentId")} label="Handle" hint="Chosen once: lower-case letters, digits and dashes. The agent's traces carry it as service.name." placeholder="refund-bot" required autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={63} />
          <TextField {...field("team", template?.card.team)} label="Team" placeholder="Payments" maxLength={100} />
          <TextAreaField {...field("purpose", template?.card.purpose)} label="Purpose" hint="One or two sentences that a new teammate understands." placeholder="Decides and pays refunds for the web shop, from the ticket to the customer's reply." maxLength={2_000} />
          <div className="form-cols">
            <TextField {...field("escalationContact", template?.card.escalationContact)} label="Escalation contact" hint="Who is told when it cannot go on." placeholder="payments-oncall@example.com" />
            <TextField {...field("onCallRotation", template?.card.onCallRotation)} label="On-call rotation" placeholder="Payments rotation" />
          </div>
          <ListField name="boundary.mustNever[]" label="Must never" hint="The first line of its boundary. The other lists are on its card." noun="rule" defaultValue={template?.card.boundary.mustNever ?? []} error={field("boundary.mustNever").error} />
          <div className="actions">
            <SubmitButton variant="primary" pendingLabel="Creating…" disabledReason={permission.ok ? undefined : permission.reason}>Create agent</SubmitButton>
          </div>
        </CardBody>
      </Card>
    </form>
  );
}
