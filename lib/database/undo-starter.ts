// Does the word of whoever asked for a reversal still count? Asked before somebody approves it, and by its page.

import type { Transaction } from "./database.ts";
import { stillPermitted } from "./still-permitted.ts";

export async function isStarterStanding(client: Pick<Transaction, "person">, { agentId, startedBy }: { agentId: string; startedBy: string }, now: Date): Promise<boolean> {
  return startedBy.startsWith("system:") || (await stillPermitted(client, [startedBy], "action:undo", agentId, now)).length > 0;
}
