import type { ReactNode } from "react";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { Fingerprint } from "@/components/ui/fingerprint.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { ActionStateMark } from "./state-mark.tsx";

interface DecidedActionProps {
  state: string;
  inputDigest: string;
  /** Who decided, where a person did. */
  by: string | null;
  at: Date | null;
  reason: string | null;
  /** What that means, as a sentence; null: what is inside says it. */
  meaning: string | null;
  error: string | null;
  children?: ReactNode;
}

/** Whoever had said something before, these are nobody's decision. */
const BY_NOBODY = new Set(["denied", "expired", "stopped", "withdrawn"]);

export function DecidedAction({ state, inputDigest, by, at, reason, meaning, error, children }: DecidedActionProps) {
  return (
    <Card title="Decision" id="decide" meta={<>for <Fingerprint value={inputDigest} name="digest of the arguments" /></>}>
      <CardBody className="grid grid-cols-[minmax(0,1fr)] gap-3">
        <p className="flex flex-wrap items-center gap-x-2">
          <ActionStateMark state={state} />
          {by !== null && !BY_NOBODY.has(state) && <span className="text-fg-2">by {by}</span>}
          {at !== null && <Time at={at} show="both" className="text-fg-3" />}
        </p>
        {reason !== null && <p className="dense text-fg-2"><UntrustedText text={reason} maxLength={2_000} /></p>}
        {meaning !== null && <p className="dense text-pretty text-fg-2">{meaning}</p>}
        {error !== null && <UntrustedText as="block" text={error} maxLength={2_000} />}
        {children}
      </CardBody>
    </Card>
  );
}
