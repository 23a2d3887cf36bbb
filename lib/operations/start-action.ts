// Is the approval of this action used now? Once, and decided anew by the stops and the policy of this moment.

import { z } from "zod";
import type { Transaction } from "../database/database.ts";
import type { Bundle } from "../domain/bundle.ts";
import { isJsonObject, own } from "../domain/json-object.ts";
import { TOOL_EFFECTS, type Json } from "../domain/manifest.ts";
import { wordOf, type ActionWord } from "../domain/told-action.ts";
import { Conflict, NotFound } from "../errors.ts";
import { attemptForLog, isBegunBy } from "./begun-by.ts";
import { lockSurroundings, type GateCall } from "./decide-call.ts";
import { answerOfAction, type StoredAction } from "./held-action.ts";
import { requireItsKey } from "./its-key.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";

export interface Start {
  actionId: string;
  idempotencyKey: string;
  /** The same whenever one attempt to make the call asks again, and unknown to every other. */
  attempt?: string | null;
  bundle: Bundle;
}

export interface StartedAction extends ActionWord {
  action: StoredAction;
  /** True for exactly one attempt in the life of an action. */
  mayExecute: boolean;
}

export async function agentOfAction(tx: Transaction, { actionId }: { actionId: string }): Promise<string | null> {
  return (await tx.action.findUnique({ where: { id: actionId }, select: { agentId: true } }))?.agentId ?? null;
}

/** What the agent said of the task when it asked; kept with what the policy knew. */
export function segmentOfAction({ facts }: Pick<StoredAction, "facts">): string | null {
  const segment = isJsonObject(facts) ? own(facts, "segment") : null;
  return typeof segment === "string" ? segment : null;
}

/** What it was held or begun under counts to its end, also where the agent alone knew of it. */
const storedEffect = z.enum(TOOL_EFFECTS).catch("irreversible");

export const callOfAction = (action: StoredAction): GateCall => {
  const { agentId, conversationId, toolCallId, tool, input, onBehalfOf, confidence } = action;
  return { agentId, conversationId, toolCallId, tool, input: input as Json, onBehalfOf, segment: segmentOfAction(action), confidence, effect: storedEffect.parse(action.effect) };
};

/** Throws `Conflict` for another idempotency key than it was prepared with, and for another API key while that one is valid; a repetition is told where it stands, and only the attempt that began it may execute. */
export const startAction = operation({
  kind: "action.started",
  needs: "action:prepare",
  agentOf: agentOfAction,
  run: async ({ tx, actor, now }: Context, { actionId, idempotencyKey, attempt = null, bundle }: Start) => {
    const before = await tx.action.findUnique({ where: { id: actionId } });
    if (!before || before.isSeeded) throw new NotFound("There is no such action.");
    if (before.idempotencyKey !== idempotencyKey) throw new Conflict("This action is started with the idempotency key that it was prepared with.");
    const left = await requireItsKey({ tx, actor }, before);
    const call = callOfAction(before);
    const around = await lockSurroundings(tx, bundle, [call], now);
    const { answer, action, entry } = await answerOfAction(tx, { actionId, call, around, by: "starter" }, now);
    if (action.inputDigest !== before.inputDigest) throw new Conflict("The arguments were edited in this moment; ask again.");
    await around.usage.store(tx, now);
    const word = wordOf(action);
    const isStarted = entry?.kind === "action.started";
    const mayExecute = isStarted || (entry === null && answer.decision === "permit" && action.state === "started" && (await isBegunBy(tx, actionId, attempt)));
    const result: StartedAction = { ...word, decision: answer.decision, reason: answer.reason, sentence: answer.sentence, action, mayExecute };
    return { result, evidence: entry === null ? NOTHING_CHANGED : { kind: entry.kind, subject: entry.subject, agentId: action.agentId, detail: { ...entry.detail, ...(isStarted ? attemptForLog(attempt) : {}), ...left } } };
  },
});
