"use client";

import { useActionState } from "react";
import { useStaleReason } from "@/components/layout/live-provider.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { FormAction } from "@/lib/server-action.ts";
import { whyNotNow, type FindingPulse } from "./finding-meanwhile.ts";
import { useFindingMeanwhile } from "./use-finding-meanwhile.ts";

interface FindingActionsProps {
  findingId: string;
  /** What the page was made from. */
  seen: FindingPulse;
  /** Null when this person may resolve it. */
  cannot: string | null;
  /** Set once a review of it is open. */
  openChangeHref: string | null;
  reviewAction: FormAction;
  closeAction: FormAction;
}

const IDLE = { status: "idle" } as const;

export function FindingActions({ findingId, seen, cannot, openChangeHref, reviewAction, closeAction }: FindingActionsProps) {
  const [review, sendReview] = useActionState(reviewAction, IDLE);
  const [closing, sendClosing] = useActionState(closeAction, IDLE);
  // Either way out lifts the cap.
  const stale = useStaleReason();
  const notNow = whyNotNow(useFindingMeanwhile(findingId, seen).meanwhile) ?? stale;
  return (
    <Card title="What to do" className="o2">
      <CardBody className="grid gap-3">
        <p className="dense text-pretty text-fg-2">If it was meant to happen: make a change of what is running and have it reviewed. Approving it lifts the cap, rejecting it keeps it.</p>
        {openChangeHref === null ? (
          <form action={sendReview} className="grid gap-3">
            <input type="hidden" name="findingId" value={findingId} />
            <SubmitButton variant="primary" size="block" disabledReason={cannot ?? notNow ?? undefined} pendingLabel="Making the change…">Review what is running</SubmitButton>
            <FormResult state={review} />
          </form>
        ) : (
          <a className="btn btn-primary btn-block" href={openChangeHref}>Open its review</a>
        )}
      </CardBody>
      <CardBody className="grid gap-3">
        <p className="dense text-pretty text-fg-2">If it was not: send traffic back to an approved version. When nothing else has run for a minute, close the finding.</p>
        {cannot === null ? (
          <form action={sendClosing} className="grid gap-3">
            <input type="hidden" name="findingId" value={findingId} />
            <TextAreaField
              name="resolution" label="How it was resolved" rows={2} required minLength={3} error={closing.status === "failed" ? closing.fields?.resolution : undefined}
              defaultValue={closing.status === "failed" ? closing.values?.resolution : "Traffic is back on an approved version."}
            />
            <SubmitButton size="block" disabledReason={notNow ?? undefined}>Close the finding</SubmitButton>
            <FormResult state={closing} doneMessage="Closed." />
          </form>
        ) : (
          <Button size="block" disabledReason={cannot}>Close the finding</Button>
        )}
      </CardBody>
    </Card>
  );
}
