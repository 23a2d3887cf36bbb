// What is taken back, and who says so? A reversal of one action, of a run, or of a version since a time; who has to agree is said by its size and by the agent's card.

import { z } from "zod";
import type { Transaction } from "../database/database.ts";
import { agentCardSchema, type ReversalRule } from "../domain/agent-card.ts";
import { isStarterStanding } from "../database/undo-starter.ts";
import { undoTargets } from "../database/undo-targets.ts";
import { may } from "../domain/permissions.ts";
import { mayApproveUndo, ownsAs, type ReversalApprover } from "../domain/reversal-approval.ts";
import type { PersonActor } from "../domain/roles.ts";
import { planUndo, type UndoPlan } from "../domain/undo-plan.ts";
import { Conflict, NotFound, NotPermitted, NotPossible } from "../errors.ts";
import { newId } from "../new-id.ts";
import { personOf } from "./approve-action.ts";
import { operation, type Context, type Evidence } from "./operation.ts";

const MOST_ACTIONS = 1_000;

export const undoSchema = z.object({
  agentId: z.string().min(1).max(63),
  scope: z.enum(["action", "run", "version"]),
  target: z.string().min(1).max(1_000).describe("The action, the conversation of the run, or the version."),
  since: z.coerce.date().nullable().default(null).describe("Only what was asked for since then."),
  reason: z.string("Say why.").trim().min(1, "Say why.").max(1_000),
});
export type UndoInput = z.input<typeof undoSchema>;
type UndoTarget = Pick<z.output<typeof undoSchema>, "agentId" | "scope" | "target" | "since">;

export interface StartedUndo {
  undoId: string;
  /** waiting: a second person has to approve it. */
  state: string;
}

/** In the order of ids, as rows are locked everywhere. */
async function findTargets(tx: Transaction, scope: UndoTarget) {
  const found = await tx.action.findMany({ where: undoTargets(scope), orderBy: { id: "asc" }, take: MOST_ACTIONS + 1, select: { id: true } });
  if (found.length > MOST_ACTIONS) throw new NotPossible(`At most ${MOST_ACTIONS.toLocaleString("en")} actions are taken back at once; choose a later time.`);
  const ids = found.map(({ id }) => id);
  await tx.$executeRaw`SELECT 1 FROM action WHERE id = ANY(${ids}) ORDER BY id FOR UPDATE`;
  return tx.action.findMany({ where: { id: { in: ids } } });
}

export const startUndo = operation({
  kind: "undo.started",
  needs: "action:undo",
  agentOf: (_tx, { agentId }: UndoInput) => agentId,
  run: async (context: Context, input: UndoInput) => {
    const person = personOf(context);
    const { tx, now } = context;
    const { reason, ...target } = undoSchema.parse(input);
    const actions = await findTargets(tx, target);
    if (actions.length === 0) throw new NotFound(target.scope === "action" ? "There is no such action." : "Nothing was done there that could be taken back.");
    const rule = await reversalRuleOf(tx, target.agentId);
    const plan = planUndo(actions, rule, now);
    if (plan.automatic + plan.byHand === 0) throw new NotPossible(plan.steps[0]?.skipped ?? "Nothing of it can be taken back.");
    const { approverRole, ...result } = await storeUndo(context, { ...target, reason, by: person, approver: rule.approver }, plan);
    return { result, evidence: evidenceOf({ ...result, approverRole }, target, reason, plan) };
  },
});

function evidenceOf({ undoId, state, approverRole }: StoredUndo, { agentId, scope, target, since }: UndoTarget, reason: string, plan: UndoPlan): Evidence {
  const amounts = plan.amounts.map(({ currency, minor, lostMinor }) => ({ currency, minor: String(minor), lostMinor: String(lostMinor) }));
  return { subject: undoId, agentId, detail: { scope, target, since, reason, state, approverRole, actions: plan.steps.length, automatic: plan.automatic, byHand: plan.byHand, notReversible: plan.notReversible, amounts } };
}

/** Holdpoint itself owns no agent. */
type Asker = Pick<PersonActor, "id" | "name" | "owns">;

interface VersionUndo {
  agentId: string;
  versionId: string;
  since: Date;
  reason: string;
  by: Asker;
}

/** As a part of a rollback, in its transaction; null: the version did nothing since then that could be taken back. */
export async function undoVersionWithin(context: Context, { agentId, versionId, since, reason, by }: VersionUndo): Promise<{ result: StartedUndo; evidence: Evidence } | null> {
  const permission = may(context.actor, "action:undo", agentId);
  if (!permission.ok) throw new NotPermitted(permission.reason);
  const target = { agentId, scope: "version" as const, target: versionId, since };
  const actions = await findTargets(context.tx, target);
  const rule = await reversalRuleOf(context.tx, agentId);
  const plan = planUndo(actions, rule, context.now);
  if (plan.automatic + plan.byHand === 0) return null;
  const { approverRole, ...result } = await storeUndo(context, { ...target, reason, by, approver: rule.approver }, plan);
  return { result, evidence: { ...evidenceOf({ ...result, approverRole }, target, reason, plan), kind: "undo.started" } };
}

async function reversalRuleOf(tx: Transaction, agentId: string): Promise<ReversalRule> {
  const { card } = await tx.agent.findUniqueOrThrow({ where: { id: agentId }, select: { card: true } });
  return agentCardSchema.parse(card).reversal;
}

type NewUndo = UndoTarget & { reason: string; by: Asker; approver: ReversalApprover | null };
type StoredUndo = StartedUndo & { approverRole: ReversalApprover | null };

/** The actions are locked. When the owner whom the card names has asked for it, any second person will do. */
async function storeUndo({ tx, now }: Context, { agentId, scope, target, since, reason, by, approver }: NewUndo, plan: UndoPlan): Promise<StoredUndo> {
  const undoId = newId("un");
  const state = plan.needsSecondPerson ? "waiting" : "running";
  const approverRole = approver !== null && plan.needsSecondPerson && !ownsAs(by, agentId, approver) ? approver : null;
  await tx.undo.create({ data: { id: undoId, agentId, scope, target, since, reason, state, approverRole, startedBy: by.id, startedByName: by.name, startedAt: now } });
  await tx.undoStep.createMany({
    data: plan.steps.map(({ actionId, position, kind, skipped }) => ({ id: newId("us"), undoId, actionId, position, kind, ...(skipped === null ? { state: "waiting" } : { state: "skipped", error: skipped, endedAt: now }) })),
  });
  if (state === "running") await begin(tx, undoId, now);
  return { undoId, approverRole, state: (await tx.undo.findUniqueOrThrow({ where: { id: undoId }, select: { state: true } })).state };
}

/** What somebody else takes back meanwhile is skipped; what a person has to do is theirs from now on. */
async function begin(tx: Transaction, undoId: string, now: Date): Promise<void> {
  await tx.undo.update({ where: { id: undoId }, data: { state: "running" } });
  const steps = await tx.undoStep.findMany({ where: { undoId, state: "waiting" }, select: { id: true, actionId: true } });
  await tx.$executeRaw`SELECT 1 FROM action WHERE id = ANY(${steps.map(({ actionId }) => actionId)}) ORDER BY id FOR UPDATE`;
  await tx.undoStep.updateMany({
    where: { undoId, state: "waiting", OR: [{ action: { state: { not: "committed" } } }, { action: { reversibleUntil: { lte: now } } }] },
    data: { state: "skipped", error: "It was taken back meanwhile, or its time is over.", endedAt: now },
  });
  await tx.undoStep.updateMany({ where: { undoId, state: "waiting", kind: { not: "manual" } }, data: { nextAttemptAt: now } });
  await tx.action.updateMany({ where: { steps: { some: { undoId, state: "waiting" } } }, data: { state: "compensating" } });
  await tx.action.updateMany({ where: { steps: { some: { undoId, state: "waiting", kind: "manual" } } }, data: { state: "by_hand" } });
  await tx.undoStep.updateMany({ where: { undoId, state: "waiting", kind: "manual" }, data: { state: "by_hand" } });
  await closeUndo(tx, undoId, now);
}

/** Over when nothing of it goes on by itself; partial when something stays, or a person has to do it. Returns the state when it changed. */
export async function closeUndo(tx: Transaction, undoId: string, now: Date): Promise<"done" | "partial" | null> {
  const steps = await tx.undoStep.findMany({ where: { undoId }, select: { state: true } });
  if (steps.some(({ state }) => state === "waiting" || state === "running")) return null;
  const state = steps.every(({ state: each }) => each === "done") ? "done" : "partial";
  const { count } = await tx.undo.updateMany({ where: { id: undoId, state: { not: state } }, data: { state, endedAt: now } });
  return count === 0 ? null : state;
}

const agentOfUndo = async (tx: Transaction, { undoId }: { undoId: string }): Promise<string | null> => (await tx.undo.findUnique({ where: { id: undoId }, select: { agentId: true } }))?.agentId ?? null;

export async function lockUndo(tx: Transaction, undoId: string) {
  await tx.$executeRaw`SELECT 1 FROM undo WHERE id = ${undoId} FOR UPDATE`;
  const undo = await tx.undo.findUnique({ where: { id: undoId } });
  if (!undo) throw new NotFound("There is no such reversal.");
  return undo;
}

export const approveUndo = operation({
  kind: "undo.approved",
  needs: "action:undo",
  agentOf: agentOfUndo,
  run: async (context: Context, { undoId }: { undoId: string }) => {
    const { tx, now } = context;
    const person = personOf(context);
    const undo = await lockUndo(tx, undoId);
    if (undo.state !== "waiting") throw new Conflict("It waits for nobody.");
    const answer = mayApproveUndo({ ...undo, isStarterStanding: await isStarterStanding(tx, undo, now) }, person);
    if (!answer.ok) throw new NotPossible(answer.reason);
    await tx.undo.update({ where: { id: undoId }, data: { approvedBy: person.name, approvedAt: now } });
    await begin(tx, undoId, now);
    return { result: undefined, evidence: { subject: undoId, agentId: undo.agentId, detail: { startedBy: undo.startedByName } } };
  },
});

export const doneByHandSchema = z.object({ stepId: z.string().min(1).max(100), note: z.string().trim().max(2_000).nullable().default(null) });

/** A person says that they did what Holdpoint could not. */
export const markDoneByHand = operation({
  kind: "undo.done_by_hand",
  needs: "action:undo",
  agentOf: async (tx, { stepId }: z.input<typeof doneByHandSchema>) => (await tx.undoStep.findUnique({ where: { id: stepId }, select: { undo: { select: { agentId: true } } } }))?.undo.agentId ?? null,
  run: async (context: Context, input: z.input<typeof doneByHandSchema>) => {
    const { tx, now } = context;
    const { stepId, note } = doneByHandSchema.parse(input);
    const person = personOf(context);
    const known = await tx.undoStep.findUnique({ where: { id: stepId }, select: { undoId: true } });
    if (!known) throw new NotFound("There is no such step.");
    const undo = await lockUndo(tx, known.undoId);
    const step = await tx.undoStep.findUniqueOrThrow({ where: { id: stepId } });
    if (step.state !== "by_hand") throw new Conflict("This step does not wait for a person.");
    await tx.undoStep.update({ where: { id: stepId }, data: { state: "done", doneBy: person.name, endedAt: now } });
    await tx.action.update({ where: { id: step.actionId }, data: { state: "compensated", compensatedAt: now } });
    // What waited for it goes on; when nothing did, the reversal is as complete as it can be.
    const state = await closeUndo(tx, undo.id, now);
    return { result: undefined, evidence: { subject: undo.id, agentId: undo.agentId, detail: { stepId, actionId: step.actionId, note, state: state ?? undo.state } } };
  },
});
