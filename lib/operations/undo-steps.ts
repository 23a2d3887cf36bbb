// How does a reversal go on? Step by step: a hook is called, a handler of the agent is told, and what fails too often becomes a person's.

import { prisma, type Transaction } from "../database/database.ts";
import { env } from "../env.ts";
import type { Json } from "../domain/manifest.ts";
import { after } from "../domain/action-window.ts";
import { isJsonObject, own } from "../domain/json-object.ts";
import { backoffMs, hookOf, isReady, type OrderedStep } from "../domain/undo-plan.ts";
import { Conflict, NotFound, NotPossible } from "../errors.ts";
import { digestForLog } from "./append-to-log.ts";
import { sendWebhook, WEBHOOK_TIMEOUT_MS } from "./compensation-webhook.ts";
import { NOTHING_CHANGED, operation, type Context, type Evidence } from "./operation.ts";
import { systemActor } from "./people.ts";
import { closeUndo, lockUndo } from "./undo.ts";

/** A handler's time begins when its step is told, and an agent does one after the other: the next is told when that one is done. */
const AT_ONCE = { http: 8, tool: 1 } as const;
/** So long a handler of the agent may take; then it is told again. */
const HANDLER_MS = 60_000;
/** As long as a hook is tried: then a person takes back what others ask about and none of them can do. */
const UNHEARD_MS = 15 * 60_000;
const RUNNING_MS = { http: WEBHOOK_TIMEOUT_MS + 5_000, tool: HANDLER_MS } as const;
type Automatic = keyof typeof RUNNING_MS;

export interface DueStep {
  stepId: string;
  undoId: string;
  actionId: string;
  agentId: string;
  /** With which attempt it is told; an answer to an earlier one is late. */
  attempt: number;
  tool: string;
  arguments: Json;
  /** What the action's call gave. */
  result: Json;
  downstream: Json;
  idempotencyKey: string;
  hook: { kind: "http"; url: string } | { kind: "tool"; tool: string };
}

const WITH_ACTION = { select: { id: true, undoId: true, position: true, state: true, kind: true, attempts: true, nextAttemptAt: true, endedAt: true, action: true }, orderBy: { position: "asc" } } as const;

type Loaded = Awaited<ReturnType<typeof stepsOf>>[number];
const stepsOf = (tx: Transaction, undoId: string) => tx.undoStep.findMany({ where: { undoId }, ...WITH_ACTION });

const OPEN = ["waiting", "running", "by_hand"];

type Orderable = Pick<Loaded, "state"> & { action: Pick<Loaded["action"], "id" | "startedAt" | "conversationId" | "input"> };
const ordered = ({ state, action: { id, startedAt, conversationId, input } }: Orderable): OrderedStep => ({ actionId: id, startedAt, state, conversationId, input });

/** Of what other reversals of this agent are taking back: not before those steps is anything older of the same record or conversation. */
async function openElsewhere(tx: Transaction, { id: undoId, agentId }: { id: string; agentId: string }, steps: readonly Loaded[]): Promise<OrderedStep[]> {
  const began = steps.flatMap(({ action: { startedAt } }) => (startedAt === null ? [] : [startedAt.getTime()]));
  const found = await tx.undoStep.findMany({
    where: { undoId: { not: undoId }, state: { in: OPEN }, undo: { agentId, state: { in: ["running", "partial"] } }, ...(began.length === 0 ? {} : { action: { startedAt: { gte: new Date(Math.min(...began)) } } }) },
    select: { state: true, action: { select: { id: true, startedAt: true, conversationId: true, input: true } } },
  });
  return found.map(ordered);
}

/** Null: whatever it is. A process has the handlers that it names, and another one may have the others. */
type Handlers = readonly string[] | null;

function isTheirs({ action }: Loaded, handlers: Handlers): boolean {
  const hook = hookOf(action.compensation);
  return handlers === null || hook?.kind !== "tool" || handlers.includes(hook.tool);
}

/** It is nobody's before what comes first has ended. */
const isUnheard = ({ nextAttemptAt }: Loaded, steps: readonly Loaded[], now: Date): boolean =>
  Math.max(...[nextAttemptAt, ...steps.map(({ endedAt }) => endedAt)].map((at) => at?.getTime() ?? 0)) + UNHEARD_MS <= now.getTime();

/** The attempt is stored before it is made: a process that dies in the middle leaves a step that is tried again, under the same id. */
const claimSteps = operation({
  kind: "undo.step_tried",
  needs: "action:sweep",
  run: async ({ tx, now }: Context, { undoId, kind, handlers }: { undoId: string; kind: Automatic; handlers: Handlers }) => {
    const undo = await lockUndo(tx, undoId);
    const nothing = { result: [] as DueStep[], evidence: NOTHING_CHANGED as typeof NOTHING_CHANGED };
    if (undo.state !== "running") return nothing;
    const steps = await stepsOf(tx, undoId);
    const timely = steps.filter((step) => step.kind === kind && (step.state === "waiting" || step.state === "running") && step.nextAttemptAt !== null && step.nextAttemptAt <= now);
    if (timely.length === 0) return nothing;
    const all = [...steps.map(ordered), ...(await openElsewhere(tx, undo, timely))];
    const ready = timely.filter((step) => isReady(ordered(step), all));
    const due = ready.filter((step) => isTheirs(step, handlers)).slice(0, AT_ONCE[kind]);
    const told: DueStep[] = [];
    const evidence: Evidence[] = [];
    for (const step of ready.filter((each) => !isTheirs(each, handlers) && isUnheard(each, steps, now))) {
      evidence.push(await giveUp(tx, step, undo.agentId, "No process that has its handler asked for it within a quarter of an hour.", now));
    }
    for (const step of due) {
      const given = step.attempts > 0 && backoffMs(step.attempts) === null ? null : toldOf(step, undo.agentId);
      if (given === null) evidence.push(await giveUp(tx, step, undo.agentId, "It was tried often enough without an answer.", now));
      else {
        await tx.undoStep.update({ where: { id: step.id }, data: { state: "running", attempts: given.attempt, nextAttemptAt: after(now, RUNNING_MS[kind]) } });
        told.push(given);
        evidence.push({ subject: undoId, agentId: undo.agentId, detail: { stepId: step.id, actionId: step.action.id, attempt: given.attempt, kind } });
      }
    }
    await closeUndo(tx, undoId, now);
    const [first, ...more] = evidence;
    return first ? { result: told, evidence: [first, ...more] as const } : nothing;
  },
});

function toldOf({ id, undoId, attempts, action }: Loaded, agentId: string): DueStep | null {
  const hook = hookOf(action.compensation);
  if (hook === null || hook.kind === "manual") return null;
  const given = isJsonObject(action.compensation) ? own(action.compensation, "arguments") : null;
  return {
    stepId: id, undoId, actionId: action.id, agentId, attempt: attempts + 1, tool: action.tool, arguments: (given ?? null) as Json, result: action.result as Json, downstream: action.downstream as Json,
    idempotencyKey: action.idempotencyKey, hook,
  };
}

async function giveUp(tx: Transaction, { id, undoId, action }: Loaded, agentId: string, error: string, now: Date): Promise<Evidence> {
  await tx.undoStep.update({ where: { id }, data: { state: "by_hand", nextAttemptAt: null, error } });
  await tx.action.update({ where: { id: action.id }, data: { state: "by_hand" } });
  await closeUndo(tx, undoId, now);
  return { kind: "action.by_hand", subject: action.id, agentId, detail: { undoId, stepId: id, errorSha256: digestForLog(error) } };
}

export type StepEnd = { stepId: string; attempt: number } & ({ isDone: true; response: Json } | { isDone: false; error: string });

/** An answer to an attempt that was given up meanwhile still counts when it says that it was done; a late failure says nothing. */
const endStepAs = (needs: "action:sweep" | "action:prepare") => operation({
  kind: "action.compensated",
  needs,
  agentOf: async (tx, { stepId }: StepEnd) => (await tx.undoStep.findUnique({ where: { id: stepId }, select: { undo: { select: { agentId: true } } } }))?.undo.agentId ?? null,
  run: async ({ tx, now }: Context, end: StepEnd) => {
    const known = await tx.undoStep.findUnique({ where: { id: end.stepId }, select: { undoId: true } });
    if (!known) throw new NotFound("There is no such step.");
    const undo = await lockUndo(tx, known.undoId);
    const step = (await stepsOf(tx, undo.id)).find(({ id }) => id === end.stepId);
    if (!step) throw new NotFound("There is no such step.");
    if (needs === "action:prepare" && step.kind !== "tool") throw new NotPossible("This step is not for a handler of the agent.");
    const { id: actionId } = step.action;
    if (step.state === "done") return { result: "done", evidence: NOTHING_CHANGED };
    if (step.attempts === 0 || (step.state !== "running" && step.state !== "waiting" && step.state !== "by_hand")) throw new Conflict("This step was not begun.");
    if (end.isDone) {
      await tx.undoStep.update({ where: { id: step.id }, data: { state: "done", error: null, nextAttemptAt: null, endedAt: now, ...(end.response === null ? {} : { response: end.response }) } });
      await tx.action.update({ where: { id: actionId }, data: { state: "compensated", compensatedAt: now } });
      await closeUndo(tx, undo.id, now);
      return { result: "done", evidence: { subject: actionId, agentId: undo.agentId, detail: { undoId: undo.id, stepId: step.id, attempt: end.attempt } } };
    }
    if (step.state !== "running" || step.attempts !== end.attempt) return { result: step.state, evidence: NOTHING_CHANGED };
    const pauseMs = backoffMs(step.attempts);
    const error = end.error.slice(0, 2_000).toWellFormed();
    if (pauseMs === null) return { result: "by_hand", evidence: await giveUp(tx, step, undo.agentId, error, now) };
    await tx.undoStep.update({ where: { id: step.id }, data: { state: "waiting", error, nextAttemptAt: after(now, pauseMs) } });
    return { result: "waiting", evidence: { kind: "undo.step_failed", subject: undo.id, agentId: undo.agentId, detail: { stepId: step.id, actionId, attempt: end.attempt, errorSha256: digestForLog(error) } } };
  },
});

const endOwnStep = endStepAs("action:sweep");
/** By the agent whose handler took it back. */
export const endHandledStep = endStepAs("action:prepare");

async function callHook(step: DueStep & { hook: { kind: "http"; url: string } }, allowed: readonly string[]): Promise<void> {
  const { stepId, attempt, undoId, actionId, agentId, tool, result, downstream, idempotencyKey } = step;
  const answer = await sendWebhook({
    url: step.hook.url, id: stepId, agentId, type: "action.compensate", source: env().publicUrl, isDryRun: false,
    data: { undoId, actionId, tool, arguments: step.arguments, result, downstream, idempotencyKey },
  }, allowed, new Date());
  await endOwnStep(systemActor, answer.ok ? { stepId, attempt, isDone: true, response: { status: answer.status, body: answer.body } } : { stepId, attempt, isDone: false, error: answer.sentence });
}

/** A reversal whose turn has not come, because a person or another one is before it, is due and gives nothing: it keeps nobody else from theirs. */
async function claimDue(kind: Automatic, { handlers, ...undo }: { agentId?: string; handlers: Handlers }, now: Date): Promise<DueStep[]> {
  const due = await prisma().undoStep.findMany({
    where: { state: { in: ["waiting", "running"] }, kind, nextAttemptAt: { lte: now }, undo: { state: "running", ...undo } }, distinct: ["undoId"], orderBy: { nextAttemptAt: "asc" }, select: { undoId: true },
  });
  const steps: DueStep[] = [];
  for (const { undoId } of due) {
    if (steps.length >= AT_ONCE[kind]) break;
    steps.push(...(await claimSteps(systemActor, { undoId, kind, handlers }, now)));
  }
  return steps;
}

/** Calls the hooks that are due. Returns how many there were. */
export async function runUndoSteps(now: Date, allowed: readonly string[] = env().webhookAllow): Promise<number> {
  const calls = (await claimDue("http", { handlers: null }, now)).flatMap((step) => (step.hook.kind === "http" ? [{ ...step, hook: step.hook }] : []));
  await Promise.all(calls.map((call) => callHook(call, allowed)));
  return calls.length;
}

/** What these handlers of this agent, or whichever it has, have to take back now, each under its own id; told again when nothing is heard of it for a minute. */
export const nextHandledSteps = (agentId: string, handlers: readonly string[] | null, now: Date): Promise<DueStep[]> => claimDue("tool", { agentId, handlers }, now);
