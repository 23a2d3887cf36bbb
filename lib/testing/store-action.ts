// An action for tests, stored as the operations would leave it.

import { prisma } from "../database/database.ts";
import { ANYBODY, storedAsks } from "../domain/approval-ask.ts";
import { inputDigest } from "../domain/input-digest.ts";
import type { Json } from "../domain/manifest.ts";
import { newId } from "../new-id.ts";

type Data = Partial<Parameters<ReturnType<typeof prisma>["action"]["create"]>[0]["data"]>;

/** Held, asked a minute ago, with fourteen to go. */
export async function storeAction(agentId: string, { input = { order: "5512", amount: 120 }, ...more }: Omit<Data, "input"> & { input?: Json } = {}): Promise<string> {
  const id = newId("ac");
  const now = Date.now();
  const data = {
    id, agentId, conversationId: "", toolCallId: "call", tool: "refund_create", effect: "write", input: input ?? {}, inputDigest: inputDigest(input), idempotencyKey: id, requestDigest: id, origin: "prepare",
    state: "held", reason: "needs_person", sentence: "At assisted, a write waits for a person.", policies: [], epoch: 1n, facts: {}, ...storedAsks([ANYBODY]), preparedBy: "key:agent",
    preparedAt: new Date(now - 60_000), expiresAt: new Date(now + 14 * 60_000), ...more,
  };
  await prisma().action.create({ data: data as never });
  return id;
}
