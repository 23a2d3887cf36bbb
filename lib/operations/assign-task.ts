// Which version does this task? Drawn once, stored with its probability, and told again whenever it is asked. Tasks that come together share a transaction.

import { prisma, type Transaction } from "../database/database.ts";
import { isDatabaseUnavailable } from "../database/is-database-unavailable.ts";
import { loadVersionRules } from "../database/version-rules.ts";
import { armOfUnit, faultOfTask, faultOfUnit, shadowTaskOf } from "../domain/assign-arm.ts";
import type { Arm } from "../domain/judge-canary.ts";
import type { ToolEffect } from "../domain/manifest.ts";
import { may } from "../domain/permissions.ts";
import type { Actor } from "../domain/roles.ts";
import { shortKey } from "../domain/short-key.ts";
import { BadInput, Conflict, isRefusal, NotFound, NotPermitted, Unavailable, type Refusal } from "../errors.ts";
import { appendToLog, type LogRecord } from "./append-to-log.ts";
import { inGroups } from "./in-groups.ts";
import { lockForDrawing } from "./lock-rollout.ts";
import { actorName } from "./operation.ts";
import { isOpen, keyOf, readAgentsOfTasks, readAssignments, type AgentOfTask, type AssignedVersion, type StoredAssignment } from "./read-assignments.ts";

export interface TaskToAssign {
  agentId: string;
  /** The conversation id under which the agent does it. */
  task: string;
  /** Where a rollout gives whole customers or sessions to a version: which one this is. */
  unit: string | null;
}

export interface TaskAssignment {
  /** Null: nothing is being rolled out. */
  rolloutId: string | null;
  task: string;
  arm: Arm;
  /** Null: the agent has no current version. */
  version: AssignedVersion | null;
  /** That the candidate had of getting it; null without a rollout. */
  probability: number | null;
  stage: string | null;
  /** In which conversation the candidate does the same task, and only recommends. */
  shadow: { version: AssignedVersion; conversation: string } | null;
  /** What the candidate's tools do, where the candidate has a part in the task. */
  effects: Readonly<Record<string, ToolEffect>> | null;
  /** What one task may use is limited: only calls that the gate is asked about are counted, reads too. */
  isLimited: boolean;
  isRepeat: boolean;
  sentence: string;
}

interface Asked extends TaskToAssign {
  actor: Actor;
  now: Date;
}

const AT_ONCE = 2;
const MOST_TOGETHER = 64;

const assign = inGroups<Asked, TaskAssignment | Refusal>({
  weigh: () => 1, atOnce: AT_ONCE, worthwhile: 1, most: MOST_TOGETHER, work: assignTogether, isOfAll: (error) => isDatabaseUnavailable(error),
});

/** Throws `NotPermitted`, `NotFound`, `BadInput`, and `Unavailable` when the database is away: then the current version does the task. */
export async function assignTask(actor: Actor, task: TaskToAssign, now = new Date()): Promise<TaskAssignment> {
  const answer = may(actor, "task:assign", task.agentId);
  if (!answer.ok) throw new NotPermitted(answer.reason);
  const fault = faultOfTask(task.task) ?? (task.unit === null ? null : faultOfUnit(task.unit));
  if (fault !== null) throw new BadInput(fault);
  try {
    const assigned = await assign({ ...task, actor, now });
    if (assigned instanceof Error) throw assigned;
    return assigned;
  } catch (error) {
    if (isRefusal(error) || !isDatabaseUnavailable(error)) throw error;
    throw new Unavailable("The database cannot be reached, so the current version does this task.", { cause: error });
  }
}

async function assignTogether(all: readonly Asked[]): Promise<(TaskAssignment | Refusal)[]> {
  return prisma().$transaction(async (tx) => {
    await lockForDrawing(tx, all.map(({ agentId }) => agentId));
    const agents = await readAgentsOfTasks(tx, all);
    const before = await readAssignments(tx, all);
    const drawn = new Map<string, Drawn>();
    for (const one of all) {
      const rollout = agents.get(one.agentId)?.rollout;
      if (rollout && !before.has(keyOf(one)) && !drawn.has(keyOf(one))) drawn.set(keyOf(one), draw(one, rollout, agents.get(one.agentId)?.isStopped ?? true));
    }
    const own = await store(tx, [...drawn.values()]);
    // Another process assigned the same task in this moment: its word is the one.
    const lost = [...drawn].filter(([key]) => !own.has(key)).map(([, { asked }]) => asked);
    for (const [key, row] of await readAssignments(tx, lost)) before.set(key, row);
    const answers: (TaskAssignment | Refusal)[] = [];
    for (const one of all) answers.push(await answerFor(tx, one, { agents, before, drawn: own }));
    await appendToLog(tx, [...own.values()].map(entryOf));
    return answers;
  }, { maxWait: 5_000, timeout: 15_000 });
}

interface Drawn {
  asked: Asked;
  rollout: NonNullable<AgentOfTask["rollout"]>;
  unit: string;
  arm: Arm;
  probability: number;
  shadowTask: string | null;
  /** It is remembered so that the task stays where it is, and counts for nothing. */
  exclusion: "not_compared" | null;
}

function draw(asked: Asked, rollout: Drawn["rollout"], isStopped: boolean): Drawn {
  const unit = rollout.unit === "task" ? asked.task : asked.unit === null ? null : shortKey(asked.unit);
  if (rollout.state !== "running" || isStopped || unit === null) {
    return { asked, rollout, unit: unit ?? asked.task, arm: "current", probability: 0, shadowTask: null, exclusion: "not_compared" };
  }
  const { salt, exposure, stage } = rollout;
  const isShadow = stage === "shadow";
  const probability = isShadow ? 0 : exposure;
  return { asked, rollout, unit, arm: armOfUnit({ salt, unit, exposure: probability }), probability, shadowTask: isShadow ? shadowTaskOf(asked.task) : null, exclusion: null };
}

/** Returns what was stored by this very call. */
async function store(tx: Transaction, drawn: readonly Drawn[]): Promise<Map<string, Drawn>> {
  if (drawn.length === 0) return new Map();
  const rows = drawn.map(({ asked: { agentId, task, now }, rollout, unit, arm, probability, shadowTask, exclusion }) => ({
    rollout_id: rollout.id, task_id: task, agent_id: agentId, unit, arm, probability, stage_index: rollout.stageIndex, exposure_index: rollout.exposureIndex, shadow_task_id: shadowTask,
    assigned_at: now.toISOString(), judged_at: exclusion === null ? null : now.toISOString(), exclusion,
  }));
  const stored = await tx.$queryRaw<{ agent_id: string; task_id: string }[]>`
    INSERT INTO assignment SELECT * FROM jsonb_populate_recordset(NULL::assignment, ${JSON.stringify(rows)}::jsonb) ORDER BY rollout_id, task_id
    ON CONFLICT DO NOTHING RETURNING agent_id, task_id`;
  const ids = new Set(stored.map(({ agent_id: agentId, task_id: task }) => keyOf({ agentId, task })));
  return new Map(drawn.filter(({ asked }) => ids.has(keyOf(asked))).map((one) => [keyOf(one.asked), one]));
}

interface Known {
  agents: ReadonlyMap<string, AgentOfTask>;
  before: ReadonlyMap<string, StoredAssignment>;
  drawn: Map<string, Drawn>;
}

async function answerFor(tx: Transaction, asked: Asked, { agents, before, drawn }: Known): Promise<TaskAssignment | Refusal> {
  const agent = agents.get(asked.agentId);
  if (!agent) return new NotFound(`There is no agent ${asked.agentId}.`);
  const { current } = agent;
  const row = before.get(keyOf(asked));
  if (row) return told(tx, { ...row, shadowTask: isOpen(row.state) ? row.shadowTask : null, current: row.state === "completed" ? row.before : current, isRepeat: true, sentence: sentenceOfStored(row) });
  const own = drawn.get(keyOf(asked));
  if (own) return told(tx, { ...own, task: asked.task, rolloutId: own.rollout.id, stage: own.rollout.stage, isLimited: own.rollout.isLimited, candidate: own.rollout.candidate, current, isRepeat: own.asked !== asked, sentence: sentenceOf(own, agent.isStopped) });
  if (agent.rollout) return new Conflict("It was not assigned; ask again.");
  return { rolloutId: null, task: asked.task, arm: "current", version: current, probability: null, stage: null, shadow: null, effects: null, isLimited: false, isRepeat: false, sentence: "Nothing is being rolled out, so the current version does this task." };
}

type Told = Pick<StoredAssignment, "rolloutId" | "task" | "arm" | "probability" | "stage" | "shadowTask" | "isLimited" | "candidate"> & { current: AssignedVersion | null; isRepeat: boolean; sentence: string };

async function told(tx: Transaction, { rolloutId, task, arm, probability, stage, shadowTask, isLimited, candidate, current, isRepeat, sentence }: Told): Promise<TaskAssignment> {
  const effects = arm === "candidate" || shadowTask !== null ? await effectsOf(tx, candidate.id) : null;
  const shadow = shadowTask === null ? null : { version: candidate, conversation: shadowTask };
  return { rolloutId, task, arm, version: arm === "candidate" ? candidate : current, probability, stage, shadow, effects, isLimited, isRepeat, sentence };
}

const effectsOf = async (tx: Transaction, versionId: string): Promise<Record<string, ToolEffect>> => Object.fromEntries([...(await loadVersionRules(tx, versionId)).tools].map(([name, { effect }]) => [name, effect]));

const share = (probability: number): string => `${Math.round(probability * 1_000) / 10} %`;

function sentenceOf({ arm, probability, rollout, shadowTask, exclusion }: Drawn, isStopped: boolean): string {
  if (isStopped) return "A kill switch is engaged, so the current version does this task.";
  if (rollout.state !== "running") return `The rollout is ${rollout.state}, so the current version does this task.`;
  if (exclusion !== null) return `This rollout gives a whole ${rollout.unit ?? "unit"} to one version and none was named, so the current version does this task.`;
  if (shadowTask !== null) return "The current version does this task; the candidate may do it in shadow.";
  return `The ${arm} version does this task: the candidate gets ${share(probability)} of them.`;
}

function sentenceOfStored({ arm, state }: StoredAssignment): string {
  if (isOpen(state)) return `The ${arm} version does this task, as it was assigned.`;
  if (state === "completed") return arm === "candidate" ? "The version that was tried has this task, as it was assigned, and is the current one now." : "The version before the current one has this task, as it was assigned: what was begun with it ends with it.";
  return arm === "candidate" ? "The candidate version had this task and its rollout is over: it may only recommend." : "The current version does this task, as it was assigned.";
}

/** Without the unit: it can name a customer, and the log forgets nothing. */
const entryOf = ({ asked: { actor, agentId, task, now }, rollout, arm, probability, shadowTask, exclusion }: Drawn): LogRecord => ({
  kind: "task.assigned", actor: actorName(actor), subject: rollout.id, agentId, at: now,
  detail: { task, arm, probability, stageIndex: rollout.stageIndex, exposureIndex: rollout.exposureIndex, shadowTask, exclusion },
});
