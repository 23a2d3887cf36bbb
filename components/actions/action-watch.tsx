"use client";

import { useRouter } from "next/navigation";
import { usePulse } from "@/components/layout/use-pulse.ts";
import { Button } from "@/components/ui/button.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { MOVES_WITH, whatHappened, type ActionPulse, type Meanwhile } from "./meanwhile.ts";

const addressOf = (actionId: string): string => `/api/console/actions/${encodeURIComponent(actionId)}`;

export function useMeanwhile(actionId: string, seen: ActionPulse, isOver: boolean): Meanwhile | "unknown" | null {
  const { pulse, isUnknown } = usePulse<ActionPulse>(addressOf(actionId), MOVES_WITH, isOver);
  if (isUnknown) return "unknown";
  return pulse ? whatHappened(seen, pulse) : null;
}

/** The page stays as it was read; loading what happened since is the reader's choice. */
export function MeanwhileMessage({ meanwhile }: { meanwhile: Meanwhile | "unknown" | null }) {
  const router = useRouter();
  if (meanwhile === null) return null;
  if (meanwhile === "unknown") return <FormMessage kind="warning" title="Cannot tell whether this is still current.">The console does not answer. It asks again every few seconds.</FormMessage>;
  return (
    <FormMessage kind="info" title={meanwhile.title}>
      <p>{meanwhile.detail}</p>
      <p className="mt-2"><Button size="sm" data-key="." onClick={() => router.refresh()}>Show it as it is now</Button></p>
    </FormMessage>
  );
}

/** For an action that was decided but goes on: approved, under way, being taken back. */
export function ActionWatch({ actionId, seen, isOver }: { actionId: string; seen: ActionPulse; isOver: boolean }) {
  return <MeanwhileMessage meanwhile={useMeanwhile(actionId, seen, isOver)} />;
}
