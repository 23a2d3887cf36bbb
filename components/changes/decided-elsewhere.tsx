"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useAskingInterval } from "@/components/layout/live-provider.tsx";
import { Button } from "@/components/ui/button.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { shortFingerprint } from "@/components/ui/fingerprint.tsx";
import { stateWord } from "@/lib/domain/change-words.ts";

/** What the page was made from, and what is asked again. */
export interface ChangePulse {
  state: string;
  revision: number;
  fingerprint: string;
  /** Reviews and suite results so far. */
  events: number;
  decidedBy: string | null;
}

async function fetchPulse(changeId: string): Promise<ChangePulse> {
  const response = await fetch(`/api/console/changes/${encodeURIComponent(changeId)}`, { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`the console answered ${response.status}`);
  return (await response.json()) as ChangePulse;
}

/** The page under it stays as it was read; what happened since is said above the decision, and loading it is the reader's choice. */
export function DecidedElsewhere({ changeId, seen }: { changeId: string; seen: ChangePulse }) {
  const router = useRouter();
  const interval = useAskingInterval();
  const { data, isError, failureCount } = useQuery({
    queryKey: ["change", changeId], meta: { movesWith: ["change.", "spot_check."] }, queryFn: () => fetchPulse(changeId), refetchInterval: interval, enabled: seen.state === "open",
  });
  if (isError && failureCount > 1) {
    return <FormMessage kind="warning" title="Cannot tell whether this is still current.">The console does not answer. It asks again every few seconds.</FormMessage>;
  }
  const sentence = data ? whatHappened(seen, data) : null;
  if (sentence === null) return null;
  return (
    <FormMessage kind="info" title={sentence.title}>
      <p>{sentence.detail}</p>
      <p className="mt-2">
        <Button size="sm" onClick={() => router.refresh()}>
          Show the change as it is now
        </Button>
      </p>
    </FormMessage>
  );
}

export function whatHappened(seen: ChangePulse, now: ChangePulse): { title: string; detail: string } | null {
  if (now.state !== seen.state) {
    const who = now.decidedBy ? ` by ${now.decidedBy.replace(/^system:.*/, "Holdpoint")}` : "";
    return { title: `${stateWord(now.state).word}${who} just now.`, detail: "This page shows the change as it was before that. Nothing can be decided from here any more." };
  }
  if (now.revision !== seen.revision) {
    const detail = now.fingerprint === seen.fingerprint ? "It is compared with another live version now." : `It is ${shortFingerprint(now.fingerprint)} now, no longer ${shortFingerprint(seen.fingerprint)}.`;
    return { title: "The proposal was edited just now.", detail: `${detail} Approvals given before are void.` };
  }
  if (now.events !== seen.events) return { title: "Somebody reviewed this, or a suite reported.", detail: "The decision and the obligations here are older than that." };
  return null;
}
