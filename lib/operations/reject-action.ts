// What else can a person say to an action that waits? No, a question, or that it may wait longer.

import { z } from "zod";
import type { Transaction } from "../database/database.ts";
import { after, HOLD_MS } from "../domain/action-window.ts";
import { Conflict, NotFound, NotPossible } from "../errors.ts";
import { newId } from "../new-id.ts";
import { digestForLog } from "./append-to-log.ts";
import { countWait, personOf } from "./approve-action.ts";
import { lockAction, type StoredAction } from "./held-action.ts";
import { operation, type Context } from "./operation.ts";
import { agentOfAction } from "./start-action.ts";

export const actionRejectionSchema = z.object({
  actionId: z.string().min(1).max(100),
  inputDigest: z.string().max(100),
  reason: z.string("Say why not.").trim().min(1, "Say why not.").max(1_000),
});
export type ActionRejection = z.input<typeof actionRejectionSchema>;

export const actionQuestionSchema = z.object({ actionId: z.string().min(1).max(100), question: z.string("Ask something.").trim().min(1, "Ask something.").max(2_000) });
export type ActionQuestion = z.input<typeof actionQuestionSchema>;

async function lockHeld(tx: Transaction, actionId: string, now: Date): Promise<StoredAction> {
  const action = await lockAction(tx, actionId);
  if (!action) throw new NotFound("There is no such action.");
  if (action.state !== "held") throw new Conflict("It is decided already.");
  if (action.expiresAt <= now) throw new Conflict("Its time is over. Nobody decided, so nothing happens.");
  return action;
}

async function note({ tx, now, ...context }: Context, action: StoredAction, verdict: "reject" | "ask", reason: string): Promise<void> {
  const person = personOf({ tx, now, ...context });
  const { inputDigest, policyDigest, epoch } = action;
  await tx.actionReview.create({ data: { id: newId("ax"), actionId: action.id, personId: person.id, personName: person.name, verdict, reason, inputDigest, policyDigest, epoch, at: now } });
}

/** Whoever may decide at all may say no, also where the policy asks somebody else for the yes. */
export const rejectAction = operation({
  kind: "action.rejected",
  needs: "action:approve",
  agentOf: agentOfAction,
  run: async (context: Context, input: ActionRejection) => {
    const { tx, now } = context;
    const { actionId, inputDigest, reason } = actionRejectionSchema.parse(input);
    const action = await lockHeld(tx, actionId, now);
    if (action.inputDigest !== inputDigest) throw new Conflict("The arguments are others by now. Read them again.");
    await note(context, action, "reject", reason);
    await tx.action.update({ where: { id: actionId }, data: { state: "rejected", decidedAt: now, endedAt: now } });
    countWait(context, action, "rejected");
    return { result: undefined, evidence: { subject: actionId, agentId: action.agentId, detail: { inputDigest, reason, isSeeded: action.isSeeded } } };
  },
});

/** A new question replaces one that was answered. */
export const askBack = operation({
  kind: "action.asked",
  needs: "action:approve",
  agentOf: agentOfAction,
  run: async (context: Context, input: ActionQuestion) => {
    const { tx, now } = context;
    const { actionId, question } = actionQuestionSchema.parse(input);
    const action = await lockHeld(tx, actionId, now);
    if (action.question !== null && action.answer === null) throw new Conflict("A question waits for the agent's answer.");
    await note(context, action, "ask", question);
    await tx.action.update({ where: { id: actionId }, data: { question, answer: null } });
    return { result: undefined, evidence: { subject: actionId, agentId: action.agentId, detail: { questionSha256: digestForLog(question) } } };
  },
});

const EXTENDED = "action.extended";

export const extendAction = operation({
  kind: EXTENDED,
  needs: "action:approve",
  agentOf: agentOfAction,
  run: async (context: Context, { actionId }: { actionId: string }) => {
    const { tx, now } = context;
    personOf(context);
    const action = await lockHeld(tx, actionId, now);
    if (await tx.logEntry.findFirst({ where: { subject: actionId, kind: EXTENDED }, select: { index: true } })) throw new NotPossible("It was extended once already.");
    const expiresAt = after(action.expiresAt, HOLD_MS);
    await tx.action.update({ where: { id: actionId }, data: { expiresAt } });
    return { result: { expiresAt }, evidence: { subject: actionId, agentId: action.agentId, detail: { before: action.expiresAt, expiresAt } } };
  },
});
