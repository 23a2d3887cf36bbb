// Where does a call that goes ahead count? In the counters that limits are read from.

import type { Transaction } from "../database/database.ts";
import type { DecidedCall, GateCall } from "./decide-call.ts";
import { lockUsage } from "./usage.ts";

/** In the transaction in which the agent is told that it may. */
export async function countCall(tx: Transaction, { agentId, conversationId, tool, onBehalfOf }: GateCall, { amount }: Pick<DecidedCall, "amount">, now: Date): Promise<void> {
  const counted = { conversationId, tool, onBehalfOf, amount };
  const usage = await lockUsage(tx, agentId, [counted], now);
  usage.add(counted, now);
  await usage.store(tx, now);
}
