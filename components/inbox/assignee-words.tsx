import { Time } from "@/components/ui/time.tsx";
import type { Assignee } from "@/lib/domain/inbox-item.ts";

/** "Ana Ruiz has it, since 22 Nov 02:11 UTC" */
export function AssigneeWords({ assignee, now }: { assignee: Assignee; now?: string | undefined }) {
  return <><b>{assignee.isYou ? "You have it" : `${assignee.name} has it`}</b>, since <Time at={assignee.since} show="moment" now={now} /></>;
}

/** What pressing does. */
export const takeLabel = (assignee: Assignee | null): string => (assignee === null ? "Take it" : assignee.isYou ? "Give it back" : "Take it over");
