"use client";

import { useActionState } from "react";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { classNames } from "@/components/ui/class-names.ts";
import { SelectField, TextAreaField, TextField } from "@/components/ui/field.tsx";
import { FormMessage, FormResult } from "@/components/ui/form-message.tsx";
import { ListField } from "@/components/ui/list-field.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { AgentCard } from "@/lib/domain/agent-card.ts";
import type { Answer } from "@/lib/domain/permissions.ts";
import { REVERSAL_APPROVERS } from "@/lib/domain/reversal-approval.ts";
import { ROLE_NAMES } from "@/lib/domain/roles.ts";
import { formatMinor } from "@/lib/format.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { formFields } from "./form-fields.ts";
import { PactField } from "./pact-field.tsx";
import { RecordAttributesField } from "./record-attributes-field.tsx";
import { useHeldRevision } from "./use-held-revision.ts";

interface CardFormProps {
  agentId: string;
  card: AgentCard;
  /** As it is now: one that is newer than what the form began from is never overwritten. */
  revision: number;
  action: FormAction;
  permission: Answer;
}

type Field = ReturnType<typeof formFields>;

const CURRENCIES = ["EUR", "USD", "GBP", "CHF", "JPY"].map((value) => ({ value, label: value }));

const REVERSAL_SIZES = [
  { value: "large", label: "When it is more than one, or one that stays" },
  { value: "every", label: "Each time" },
];
const REVERSAL_APPROVER_OPTIONS = [{ value: "", label: "Anybody who may take actions back" }, ...REVERSAL_APPROVERS.map((value) => ({ value, label: `The ${ROLE_NAMES[value].toLowerCase()}` }))];

export function CardForm({ agentId, card, revision, action, permission }: CardFormProps) {
  const [state, submit, isSaving] = useActionState(action, { status: "idle" });
  const field = formFields(state);
  const begunFrom = useHeldRevision(revision, state);
  return (
    <form action={submit} className="stack">
      <input type="hidden" name="agentId" value={agentId} />
      <input type="hidden" name="expectedRevision" value={begunFrom} />
      {begunFrom !== revision && !isSaving && <FormMessage kind="warning" title="The card was saved since this form was opened.">What is typed here is not saved over it. Load the page again to begin from what the card says now.</FormMessage>}
      <PurposePart card={card} field={field} />
      <BoundaryPart card={card} field={field} />
      <OperationPart card={card} field={field} />
      <ReadingPart card={card} field={field} />
      <div className={classNames("save-bar", permission.ok && "save-bar-on")}>
        <SubmitButton variant="primary" pendingLabel="Saving…" disabledReason={permission.ok ? undefined : permission.reason}>Save card</SubmitButton>
        <span className="meta max-sm:hidden">Saves revision {begunFrom + 1}. Owners and tier are saved by themselves.</span>
        {state.status !== "idle" && <div className="min-w-0 flex-1 basis-60"><FormResult state={state} /></div>}
      </div>
    </form>
  );
}

function PurposePart({ card, field }: { card: AgentCard; field: Field }) {
  return (
    <Card title="Purpose">
      <CardBody className="form-stack">
        <TextField {...field("team", card.team)} label="Team" maxLength={100} />
        <TextAreaField {...field("purpose", card.purpose)} label="Purpose" hint="What it is for, in a sentence or two." maxLength={2_000} />
        <div className="form-stack">
          <ListField name="inputs[]" label="Inputs" hint="What starts it and what it is given." defaultValue={card.inputs} noun="input" error={field("inputs").error} />
          <ListField name="tools[]" label="Tools" hint="What it works with, in words. The contracts are in its versions." defaultValue={card.tools} noun="tool" error={field("tools").error} />
        </div>
        <ListField name="dataSources[]" label="Data sources" defaultValue={card.dataSources} noun="source" error={field("dataSources").error} />
      </CardBody>
    </Card>
  );
}

function BoundaryPart({ card, field }: { card: AgentCard; field: Field }) {
  const lists = [
    ["may", "May", "What it may do by itself."], ["mustNever", "Must never", "What it must not do, whoever asks."],
    ["mustEscalateWhen", "Must escalate when", "When a person takes over."], ["doneMeans", "Done means", "How anybody can tell that a task is finished."],
  ] as const;
  return (
    <Card title="Boundary" meta="four lists">
      <CardBody className="form-stack">
        {lists.map(([key, label, hint]) => (
          <ListField key={key} name={`boundary.${key}[]`} label={label} hint={hint} defaultValue={card.boundary[key]} noun="line" error={field(`boundary.${key}`).error} />
        ))}
      </CardBody>
    </Card>
  );
}

function OperationPart({ card, field }: { card: AgentCard; field: Field }) {
  const budget = card.monthlyBudget;
  const amount = budget === null ? "" : formatMinor(budget.amountMinor, budget.currency).replace(/[^\d.]/g, "");
  const currency = field("monthlyBudget.currency", budget?.currency ?? "EUR");
  const known = CURRENCIES.some((option) => option.value === currency.defaultValue);
  return (
    <Card title="Operation">
      <CardBody className="form-stack">
        <div className="form-cols">
          <TextField {...field("escalationContact", card.escalationContact)} label="Escalation contact" hint="A person or a line that is answered, never a shared inbox." />
          <TextField {...field("onCallRotation", card.onCallRotation)} label="On-call rotation" hint="Who is woken at night." />
        </div>
        <TextAreaField {...field("runbook", card.runbook)} label="Runbook" hint="What the person on call does, step by step, or where it is written." rows={6} maxLength={20_000} />
        <div className="form-cols">
          <TextField {...field("monthlyBudget.amount", amount)} label="Monthly budget" inputMode="decimal" hint="Leave it empty for none; the card is then incomplete." />
          <SelectField {...currency} key={currency.defaultValue} label="Currency" hint="As on the invoice." options={known ? CURRENCIES : [...CURRENCIES, { value: currency.defaultValue, label: currency.defaultValue }]} />
        </div>
        <div className="form-cols">
          <SelectField {...field("reversal.secondPerson", card.reversal.secondPerson)} label="Taking actions back takes a second person" hint="A reversal is approved by somebody other than who asked for it." options={REVERSAL_SIZES} />
          <SelectField {...field("reversal.approver", card.reversal.approver ?? "")} label="One of the two is" hint="A deputy stands in for the owner." options={REVERSAL_APPROVER_OPTIONS} />
        </div>
        <PactField clauses={card.pact} errorOf={(name) => field(name).error} />
        {field("pact").error && <FormMessage kind="error">{field("pact").error}</FormMessage>}
      </CardBody>
    </Card>
  );
}

function ReadingPart({ card, field }: { card: AgentCard; field: Field }) {
  return (
    <Card title="How its traces are read" meta="optional">
      <CardBody className="form-stack">
        <div className="form-cols">
          <ListField name="reading.escalationTools[]" label="Escalation tools" hint="A call of one of these means that the run was handed to a person." defaultValue={card.reading.escalationTools} noun="tool" error={field("reading.escalationTools").error} />
          <ListField name="reading.segmentAttributes[]" label="Segment attributes" hint="Span attributes by which runs are told apart, for instance customer.market." defaultValue={card.reading.segmentAttributes} noun="attribute" maxItems={10} error={field("reading.segmentAttributes").error} />
        </div>
        <RecordAttributesField attributes={card.reading.recordAttributes} />
      </CardBody>
    </Card>
  );
}
