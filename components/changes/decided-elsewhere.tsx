"use client";

import { useRouter } from "next/navigation";
import { usePulse } from "@/components/layout/use-pulse.ts";
import { Button } from "@/components/ui/button.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { shortFingerprint } from "@/components/ui/fingerprint.tsx";
import { stateWord } from "@/lib/domain/change-words.ts";

/** What the page was made from, and what is asked again. */
export interface ChangePulse {
  readAt: string;
  state: string;
  revision: number;
  fingerprint: string;
  /** Reviews and suite results so far. */
  events: number;
  decidedBy: string | null;
  /** Why the reader's approval counts no more; null where it counts, or there is none. */
  cameBack: string | null;
}

interface Meanwhile {
  title: string;
  detail: string;
}

const MOVES_WITH = ["change.", "spot_check."];

export function useMeanwhile(changeId: string, seen: ChangePulse): Meanwhile | "unknown" | null {
  const { pulse, isUnknown } = usePulse<ChangePulse>(`/api/console/changes/${encodeURIComponent(changeId)}`, MOVES_WITH, seen.state !== "open");
  if (isUnknown) return "unknown";
  return pulse ? whatHappened(seen, pulse) : null;
}

/** Why nobody should approve from what the page shows; null while it is current. */
export function whyNotNow(meanwhile: Meanwhile | "unknown" | null): string | null {
  if (meanwhile === null) return null;
  return meanwhile === "unknown" ? "It can be approved again when the console says that this is still current." : `${meanwhile.title} Show the change as it is now first.`;
}

/** The page under it stays as it was read; what happened since is said above the decision, and loading it is the reader's choice. */
export function DecidedElsewhere({ changeId, seen }: { changeId: string; seen: ChangePulse }) {
  const router = useRouter();
  const meanwhile = useMeanwhile(changeId, seen);
  if (meanwhile === null) return null;
  if (meanwhile === "unknown") return <FormMessage kind="warning" title="Cannot tell whether this is still current.">The console does not answer. It asks again every few seconds.</FormMessage>;
  return (
    <FormMessage kind="info" title={meanwhile.title}>
      <p>{meanwhile.detail}</p>
      <p className="mt-2">
        <Button size="sm" data-key="." onClick={() => router.refresh()}>
          Show the change as it is now
        </Button>
      </p>
    </FormMessage>
  );
}

export function whatHappened(seen: ChangePulse, now: ChangePulse): Meanwhile | null {
  // After a decision of one's own the page is newer than what was asked last.
  if (now.readAt <= seen.readAt) return null;
  if (now.state !== seen.state) {
    const who = now.decidedBy ? ` by ${now.decidedBy.replace(/^system:.*/, "Holdpoint")}` : "";
    return { title: `${stateWord(now.state).word}${who} just now.`, detail: "This page shows the change as it was before that. Nothing can be decided from here any more." };
  }
  if (now.revision !== seen.revision) {
    const isEdit = now.fingerprint !== seen.fingerprint;
    const detail = isEdit ? `It is ${shortFingerprint(now.fingerprint)} now, no longer ${shortFingerprint(seen.fingerprint)}.` : "It is compared with another live version now.";
    const isBack = now.cameBack !== null && now.cameBack !== seen.cameBack;
    return { title: isEdit ? "The proposal was edited just now." : "The live version moved just now.", detail: `${detail} ${isBack ? `${now.cameBack} So your approval is void, and it came back to you.` : "Approvals given before are void."}` };
  }
  if (now.events !== seen.events) return { title: "Somebody reviewed this, or a suite reported.", detail: "The decision and the obligations here are older than that." };
  return null;
}
