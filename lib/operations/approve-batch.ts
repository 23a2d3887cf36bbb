// May a person say yes to several actions at once? Only to what is alike, and never to what stands out among it.

import { z } from "zod";
import type { Transaction } from "../database/database.ts";
import { FINAL_ALONE, likenessOf, outliersAmong, whyNotTogether } from "../domain/alike-actions.ts";
import { medianOf } from "../domain/unusual-call.ts";
import { BadInput, isRefusal, NotFound, NotPossible } from "../errors.ts";
import { approvalReason, approveWithin, boundDigest, lockWithSurroundings, requireSeen } from "./approve-action.ts";
import type { GateSurroundings } from "./decide-call.ts";
import { lockAction, type StoredAction } from "./held-action.ts";
import { NOTHING_CHANGED, operation, type Context, type Evidence } from "./operation.ts";
import { agentOfAction } from "./start-action.ts";

export const approvalBatchSchema = z.object({ actions: z.array(z.object({ actionId: z.string().min(1).max(100), inputDigest: boundDigest })).min(1).max(200), reason: approvalReason });
export type ApprovalBatch = z.input<typeof approvalBatchSchema>;

/** A form carries each as its id and the digest of what was shown. */
export const approvalBatchForm = approvalBatchSchema.extend({
  actions: z.array(z.string().max(300).transform((pair) => {
    const [actionId = "", inputDigest = ""] = pair.split(" ");
    return { actionId, inputDigest };
  })).pipe(approvalBatchSchema.shape.actions),
});

export interface BatchDecision {
  approved: string[];
  leftOut: { actionId: string; why: string }[];
}

/** "2 approved. Left out: It is decided already." */
export const batchSentence = ({ approved, leftOut }: BatchDecision): string =>
  `${approved.length} approved.${leftOut.length === 0 ? "" : ` Left out: ${[...new Set(leftOut.map(({ why }) => why))].join(" ")}`}`;

const HISTORY = 200;

/** Only what is alike: the same agent, tool, version and policies. What stands out, cannot be undone or was decided meanwhile is left out and named. */
export const approveBatch = operation({
  kind: "action.approved",
  needs: "action:approve",
  agentOf: (tx, { actions }: ApprovalBatch) => agentOfAction(tx, { actionId: actions[0]?.actionId ?? "" }),
  run: async (context: Context, input: ApprovalBatch) => {
    const { tx, now } = context;
    const { actions: asked, reason: why } = approvalBatchSchema.parse(input);
    const ids = [...new Set(asked.map(({ actionId }) => actionId))].toSorted();
    const [first, ...others] = await tx.action.findMany({ where: { id: { in: ids } }, orderBy: { id: "asc" } });
    if (!first || others.length + 1 !== ids.length) throw new NotFound("There is no such action.");
    const { tier } = await tx.agent.findUniqueOrThrow({ where: { id: first.agentId }, select: { tier: true } });
    const alone = whyNotTogether(tier);
    if (alone !== null) throw new NotPossible(alone);
    if (others.some((other) => likenessOf(other) !== likenessOf(first))) throw new BadInput("Together only what is alike is approved: the same agent, tool, version, policies and currency.");
    const around = await lockWithSurroundings(tx, first.agentId, [first, ...others], now);
    const outliers = await outliersOf(tx, [first, ...others]);
    const result: BatchDecision = { approved: [], leftOut: [] };
    const evidence: Evidence[] = [];
    for (const actionId of ids) {
      const whyNot = await approveOfBatch(context, { actionId, seen: asked.find((one) => one.actionId === actionId)?.inputDigest ?? "", around, outliers, why }, evidence);
      if (whyNot === null) result.approved.push(actionId);
      else result.leftOut.push({ actionId, why: whyNot });
    }
    const [one, ...more] = evidence;
    return { result, evidence: one ? ([one, ...more] as const) : NOTHING_CHANGED };
  },
});

interface OfBatch {
  actionId: string;
  seen: string;
  around: GateSurroundings;
  outliers: ReadonlyMap<string, string>;
  why: string | null;
}

/** Null: approved. Nothing is written before everything is checked, so a refusal of one leaves no trace of it. */
async function approveOfBatch(context: Context, { actionId, seen, around, outliers, why }: OfBatch, evidence: Evidence[]): Promise<string | null> {
  const outlier = outliers.get(actionId);
  if (outlier !== undefined) return outlier;
  try {
    const action = await lockAction(context.tx, actionId);
    if (!action) throw new NotFound("There is no such action.");
    if (action.effect === "irreversible") return FINAL_ALONE;
    requireSeen(action, seen);
    evidence.push((await approveWithin(context, action, around, why)).evidence);
    return null;
  } catch (error) {
    if (isRefusal(error)) return error.message;
    throw error;
  }
}

/** Against the others of the batch, and against what the agent did before. */
async function outliersOf(tx: Transaction, actions: readonly StoredAction[]): Promise<ReadonlyMap<string, string>> {
  const [first] = actions;
  if (!first) return new Map();
  const history = await tx.action.findMany({
    where: { agentId: first.agentId, tool: first.tool, currency: first.currency, amountMinor: { not: null }, isSeeded: false, state: "committed" }, orderBy: { preparedAt: "desc" }, take: HISTORY, select: { amountMinor: true },
  });
  return outliersAmong(actions, medianOf(history.flatMap(({ amountMinor }) => (amountMinor === null ? [] : [amountMinor]))));
}
