"use client";

import { useRouter } from "next/navigation";
import { Button } from "@/components/ui/button.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import type { FindingPulse } from "./finding-meanwhile.ts";
import { useFindingMeanwhile } from "./use-finding-meanwhile.ts";

/** What happened since the page was made is said above the decision, and loading it is the reader's choice. */
export function FindingElsewhere({ findingId, seen }: { findingId: string; seen: FindingPulse }) {
  const router = useRouter();
  const { meanwhile } = useFindingMeanwhile(findingId, seen);
  if (meanwhile === null) return null;
  if (meanwhile === "unknown") return <FormMessage kind="warning" title="Cannot tell whether this is still current.">The console does not answer. It asks again every few seconds.</FormMessage>;
  return (
    <FormMessage kind="info" title={meanwhile.title}>
      <p>{meanwhile.detail}</p>
      <p className="mt-2"><Button size="sm" onClick={() => router.refresh()}>Show the finding as it is now</Button></p>
    </FormMessage>
  );
}
