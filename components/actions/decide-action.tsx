"use client";

import { useActionState, useId } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { DialogActions, DialogButton } from "@/components/ui/dialog.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { Fingerprint, shortFingerprint } from "@/components/ui/fingerprint.tsx";
import { FormMessage, FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import { formatCount } from "@/lib/format.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { MeanwhileMessage, useMeanwhile } from "./action-watch.tsx";
import { Countdown, useRemainingMs } from "./countdown.tsx";
import { EditArguments } from "./edit-arguments.tsx";
import { whyNotNow, type ActionPulse } from "./meanwhile.ts";

/** What one may do here; where not, the sentence that is shown at the control. */
export type Allowance = { ok: true } | { ok: false; reason: string };

export interface DecideActionProps {
  actionId: string;
  inputDigest: string;
  seen: ActionPulse;
  preparedAt: string;
  expiresAt: string;
  renderedAt: number;
  approvals: number;
  approvalsNeeded: number;
  approve: Allowance;
  reject: Allowance;
  ask: Allowance;
  extend: Allowance;
  /** What can be edited; a sentence where it cannot be. */
  edit: { ok: true; input: Record<string, unknown> } | { ok: false; reason: string };
  /** How many values among the arguments look like secrets, so that nobody reads them. */
  hidden: number;
  approveAction: FormAction;
  rejectAction: FormAction;
  askAction: FormAction;
  extendAction: FormAction;
}

const IDLE = { status: "idle" } as const;

export function DecideAction(props: DecideActionProps) {
  const { actionId, inputDigest, approvals, approvalsNeeded, edit } = props;
  const stale = useStaleReason();
  const meanwhile = useMeanwhile(actionId, props.seen, false);
  const isDecided = meanwhile !== null && meanwhile !== "unknown" && meanwhile.isDecided;
  const isOver = useRemainingMs(props.expiresAt, props.renderedAt) === 0;
  const over = isOver ? "Its time is over. Nobody decided, so nothing happens." : null;
  const cannotApprove = props.approve.ok ? over : props.approve.reason;
  // What is shown may be old: the button keeps its place and waits.
  const notNow = whyNotNow(meanwhile) ?? stale;
  const blocked = cannotApprove ?? notNow;
  const missing = approvalsNeeded - approvals;
  const reasonId = useId();
  const whyNot = (allowance: Allowance): string | null => (allowance.ok ? over : allowance.reason);
  /** What already stands above the button to approve is not said again at the others. */
  const disabled = (reason: string | null) => (reason === null ? {} : reason === blocked ? { disabledBy: reasonId } : { disabledReason: reason });
  const cannotDecide = cannotApprove !== null && [props.reject, props.ask].every((allowance) => whyNot(allowance) === cannotApprove);
  if (isDecided) {
    return (
      <Card title="Decide" id="decide">
        <CardBody className="grid grid-cols-[minmax(0,1fr)] gap-3">
          <p className="text-fg-3"><s>Approve <span className="mono">{shortFingerprint(inputDigest)}</span></s></p>
          <MeanwhileMessage meanwhile={meanwhile} />
        </CardBody>
      </Card>
    );
  }
  return (
    <Card title="Decide" id="decide" meta={<>bound to <Fingerprint value={inputDigest} name="digest of the arguments" /></>}>
      <CardBody className="grid grid-cols-[minmax(0,1fr)] gap-3">
        <MeanwhileMessage meanwhile={meanwhile} />
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <Countdown from={props.preparedAt} until={props.expiresAt} renderedAt={props.renderedAt} />
          {props.extend.ok && !isOver && <ExtendForm actionId={actionId} action={props.extendAction} />}
        </div>
        {missing > 1 || approvals > 0 ? (
          <FormMessage kind="info" title={`${approvals} of ${approvalsNeeded} approvals`}>{formatCount(missing, "more person has", "more persons have")} to say yes, each another one.</FormMessage>
        ) : null}
        {cannotApprove !== null && (
          <div id={reasonId}>
            <FormMessage kind="warning" title={cannotDecide ? "You cannot decide." : "You cannot approve."}>{cannotApprove}</FormMessage>
          </div>
        )}
        {props.hidden > 0 && <FormMessage kind="warning" title={`${formatCount(props.hidden, "value is", "values are")} hidden.`}>An approval is for what you cannot read, too. The arguments say where something is hidden and how long it is.</FormMessage>}
        <ApproveForm actionId={actionId} inputDigest={inputDigest} disabledBy={blocked === null ? undefined : reasonId} action={props.approveAction} />
        {cannotApprove === null && notNow !== null && <p id={reasonId} className="meta text-pretty">{notNow}</p>}
        <div className="act-duo">
          <DialogButton shortcut="e" label="Approve with edits" isWide title="Approve other arguments" description="The agent gets exactly what you approve. The gate decides about it anew, and approvals given before are void." {...disabled(blocked ?? (edit.ok ? null : edit.reason))}>
            {edit.ok && <EditArguments actionId={actionId} inputDigest={inputDigest} input={edit.input} cannotApprove={blocked} action={props.approveAction} />}
          </DialogButton>
          <DialogButton shortcut="r" label="Reject with reason" title={`Reject ${shortFingerprint(inputDigest)}`} description="The action ends. The agent reads your reason." {...disabled(whyNot(props.reject))}>
            <TextForm actionId={actionId} inputDigest={inputDigest} name="reason" label="Reason" submit="Reject this action" variant="danger" action={props.rejectAction} />
          </DialogButton>
        </div>
        <DialogButton size="sm" label="Ask the agent" title="Ask the agent" description="It goes on waiting, and its time runs on. The agent answers, and the action comes back here." {...disabled(whyNot(props.ask))}>
          <TextForm actionId={actionId} inputDigest={inputDigest} name="question" label="Question" submit="Ask" variant="primary" action={props.askAction} />
        </DialogButton>
        <p className="meta text-pretty">An approval holds for exactly these arguments, once, and is checked against stops and policy again when the agent uses it.</p>
      </CardBody>
    </Card>
  );
}

function ApproveForm({ actionId, inputDigest, disabledBy, action }: { actionId: string; inputDigest: string; disabledBy: string | undefined; action: FormAction }) {
  const [state, send] = useActionState(action, IDLE);
  const label = <>Approve <span className="mono">{shortFingerprint(inputDigest)}</span></>;
  return (
    <form action={send} className="grid gap-3">
      <input type="hidden" name="actionId" value={actionId} />
      <input type="hidden" name="inputDigest" value={inputDigest} />
      <SubmitButton variant="primary" size="block" pendingLabel="Approving…" disabledBy={disabledBy} data-key="a">{label}</SubmitButton>
      <FormResult state={state} doneMessage="Approved." />
    </form>
  );
}

function ExtendForm({ actionId, action }: { actionId: string; action: FormAction }) {
  const [state, send] = useActionState(action, IDLE);
  return (
    <form action={send} className="grid gap-2">
      <input type="hidden" name="actionId" value={actionId} />
      <SubmitButton size="sm" pendingLabel="Extending…">Give it more time</SubmitButton>
      <FormResult state={state} doneMessage="It has more time." />
    </form>
  );
}

interface TextFormProps {
  actionId: string;
  inputDigest: string;
  name: "reason" | "question";
  label: string;
  submit: string;
  variant: "danger" | "primary";
  action: FormAction;
}

function TextForm({ actionId, inputDigest, name, label, submit, variant, action }: TextFormProps) {
  const [state, send] = useActionState(action, IDLE);
  const failed = state.status === "failed" ? state : undefined;
  return (
    <form action={send} className="grid gap-4">
      <input type="hidden" name="actionId" value={actionId} />
      <input type="hidden" name="inputDigest" value={inputDigest} />
      <TextAreaField name={name} label={label} required minLength={3} maxLength={1_000} error={failed?.fields?.[name]} defaultValue={failed?.values?.[name]} />
      <FormResult state={state} doneMessage="Sent." />
      <DialogActions>
        <SubmitButton variant={variant}>{submit}</SubmitButton>
      </DialogActions>
    </form>
  );
}
