"use client";

import { useActionState } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { DialogActions, DialogButton } from "@/components/ui/dialog.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { Fingerprint, shortFingerprint } from "@/components/ui/fingerprint.tsx";
import { FormMessage, FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";
import { ApproveChange } from "./approve-change.tsx";
import { useMeanwhile, whyNotNow, type ChangePulse } from "./decided-elsewhere.tsx";

/** What one may do here; where not, the sentence that is shown at the control. */
export type Allowance = { ok: true } | { ok: false; reason: string };

export interface DecideCardProps {
  changeId: string;
  fingerprint: string;
  /** As of `watchDelta`. */
  shown: string;
  /** What the card was made from. */
  seen: ChangePulse;
  /** Why this person cannot approve; null when the button works. */
  cannotApprove: string | null;
  /** This person's approval stands already. */
  hasApproved: boolean;
  /** What is still missing besides this approval, as sentences. */
  stillMissing: readonly string[];
  reject: Allowance;
  withdraw: Allowance;
  /** For instance "After approval, version 42 becomes current at the stage partial." */
  effect: string;
  /** Where the proposal is edited; null for those who may not, and where it has no manifest. */
  editHref: string | null;
  approveAction: FormAction;
  rejectAction: FormAction;
  withdrawAction: FormAction;
}

const IDLE = { status: "idle" } as const;

export function DecideCard(props: DecideCardProps) {
  const { changeId, fingerprint, hasApproved, stillMissing, effect } = props;
  const stale = useStaleReason();
  const notNow = whyNotNow(useMeanwhile(changeId, props.seen)) ?? stale;
  return (
    <Card title="Decide" id="decide" meta={<>bound to <Fingerprint value={fingerprint} /></>}>
      <CardBody className="grid gap-3">
        {(props.cannotApprove === null || hasApproved) && stillMissing.length > 0 && (
          <FormMessage kind="info" title={hasApproved ? "You approved this. It takes effect when the rest is met." : "Your approval alone does not decide it."}>
            <ul>
              {stillMissing.map((sentence) => <li key={sentence}>{sentence}</li>)}
            </ul>
          </FormMessage>
        )}
        {!hasApproved && <ApproveChange changeId={changeId} fingerprint={fingerprint} shown={props.shown} cannotApprove={props.cannotApprove} notNow={notNow} action={props.approveAction} />}
        <div className="duo">
          <DialogButton shortcut="r" label="Reject with reason" title={`Reject ${shortFingerprint(fingerprint)}`} description="The change is decided at once. The author reads your reason." disabledReason={props.reject.ok ? undefined : props.reject.reason}>
            <ReasonForm changeId={changeId} fingerprint={fingerprint} action={props.rejectAction} submit="Reject this change" isRequired />
          </DialogButton>
          <DialogButton label="Withdraw" title="Withdraw this change" description="The proposal ends undecided. The version stays registered and can be proposed again." disabledReason={props.withdraw.ok ? undefined : props.withdraw.reason}>
            <ReasonForm changeId={changeId} fingerprint={fingerprint} action={props.withdrawAction} submit="Withdraw this change" isRequired={false} />
          </DialogButton>
        </div>
        {props.editHref !== null && (
          <LinkButton href={props.editHref} size="sm" className="justify-self-start">Edit the proposal</LinkButton>
        )}
        <p className="meta text-pretty">An approval holds for exactly this fingerprint. Any edit makes another one and voids every approval given. {effect}</p>
      </CardBody>
    </Card>
  );
}

function ReasonForm({ changeId, fingerprint, action, submit, isRequired }: { changeId: string; fingerprint: string; action: FormAction; submit: string; isRequired: boolean }) {
  const [state, send] = useActionState(action, IDLE);
  return (
    <form action={send} className="grid gap-4">
      <input type="hidden" name="changeId" value={changeId} />
      <input type="hidden" name="fingerprint" value={fingerprint} />
      <TextAreaField
        name="reason" label={isRequired ? "Reason" : "Reason (optional)"} required={isRequired} minLength={isRequired ? 3 : undefined}
        error={state.status === "failed" ? state.fields?.reason : undefined} defaultValue={state.status === "failed" ? state.values?.reason : undefined}
      />
      <FormResult state={state} />
      <DialogActions>
        <SubmitButton variant="danger">{submit}</SubmitButton>
      </DialogActions>
    </form>
  );
}
