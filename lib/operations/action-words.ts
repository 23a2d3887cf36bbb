// What else does an agent say about its action? That it goes on, that it is no longer wanted, and what a person asked.

import { after, START_MS } from "../domain/action-window.ts";
import { ACTION_STATE_WORDS, isActionState } from "../domain/action-state.ts";
import { stopOfAction } from "../database/actions-covered.ts";
import { Conflict, NotFound } from "../errors.ts";
import { digestForLog } from "./append-to-log.ts";
import { lockAction, type StoredAction } from "./held-action.ts";
import { requireItsKey } from "./its-key.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";
import { agentOfAction } from "./start-action.ts";

/** A request of Holdpoint's own is none of the agent's; for people it is one like any other. */
async function known({ tx, actor }: Pick<Context, "tx" | "actor">, actionId: string): Promise<StoredAction> {
  const action = await lockAction(tx, actionId);
  if (!action || (action.isSeeded && actor.kind !== "person")) throw new NotFound("There is no such action.");
  return action;
}

const wordsOf = (state: string): string => (isActionState(state) ? ACTION_STATE_WORDS[state].toLowerCase() : "in a state that is not known");

/** Leaves no entry in the log: it says nothing but that somebody is there. Who is told of a stop breaks off if it can. */
export const noteHeartbeat = operation({
  kind: "action.heartbeat",
  needs: "action:prepare",
  agentOf: agentOfAction,
  run: async ({ tx, actor, now }: Context, { actionId }: { actionId: string }) => {
    const action = await known({ tx, actor }, actionId);
    await requireItsKey({ tx, actor }, action);
    if (action.state !== "started") throw new Conflict(`It is not under way: ${wordsOf(action.state)}.`);
    const expiresAt = after(now, START_MS);
    await tx.action.update({ where: { id: actionId }, data: { heartbeatAt: now, expiresAt } });
    return { result: { expiresAt, stopId: await stopOfAction(tx, actionId) }, evidence: NOTHING_CHANGED };
  },
});

export const withdrawAction = operation({
  kind: "action.withdrawn",
  needs: "action:withdraw",
  agentOf: agentOfAction,
  run: async ({ tx, actor, now }: Context, { actionId, reason }: { actionId: string; reason: string | null }) => {
    const action = await known({ tx, actor }, actionId);
    const left = await requireItsKey({ tx, actor }, action);
    if (action.state === "withdrawn") return { result: undefined, evidence: NOTHING_CHANGED };
    if (action.state !== "held" && action.state !== "approved") throw new Conflict(`It can no longer be withdrawn: ${wordsOf(action.state)}.`);
    await tx.action.update({ where: { id: actionId }, data: { state: "withdrawn", endedAt: now, error: reason } });
    return { result: undefined, evidence: { subject: actionId, agentId: action.agentId, detail: { before: action.state, ...(reason === null ? {} : { reasonSha256: digestForLog(reason) }), ...left } } };
  },
});

export const answerQuestion = operation({
  kind: "action.answered",
  needs: "action:prepare",
  agentOf: agentOfAction,
  run: async ({ tx, actor }: Context, { actionId, answer }: { actionId: string; answer: string }) => {
    const action = await known({ tx, actor }, actionId);
    const left = await requireItsKey({ tx, actor }, action);
    if (action.question === null) throw new Conflict("Nobody asked anything.");
    if (action.answer === answer) return { result: undefined, evidence: NOTHING_CHANGED };
    if (action.answer !== null) throw new Conflict("It was answered already.");
    if (action.state !== "held") throw new Conflict(`The answer comes too late: ${wordsOf(action.state)}.`);
    await tx.action.update({ where: { id: actionId }, data: { answer } });
    return { result: undefined, evidence: { subject: actionId, agentId: action.agentId, detail: { questionSha256: digestForLog(action.question), answerSha256: digestForLog(answer), ...left } } };
  },
});
