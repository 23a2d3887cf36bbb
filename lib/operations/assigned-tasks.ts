// Which of these conversations did a rollout give to a version, and what may that version do in them?

import { Prisma } from "../../generated/prisma/client.ts";
import type { Transaction } from "../database/database.ts";
import { loadVersionRules, type VersionRules } from "../database/version-rules.ts";
import { AUTONOMY_STAGES } from "../domain/authority-level.ts";
import type { Bundle, BundleStop } from "../domain/bundle.ts";
import { bundleOfCandidate } from "../domain/candidate-bundle.ts";
import type { GateAnswer } from "../domain/decide-gate.ts";
import { isCompensated } from "../domain/declared-hook.ts";
import { stopCovers, type CoveredAgent } from "../domain/stop-scope.ts";
import { taskLimitReached, taskLimitsSchema, type TaskLimits } from "../domain/task-limits.ts";

/** As it comes out of the one statement in which the gate reads its surroundings. */
export interface AssignmentRow {
  conversation: string;
  isCandidate: boolean;
  isShadow: boolean;
  state: string;
  stage: string | null;
  limits: unknown;
  costNanoUsd: number | null;
  refusedCalls: number;
  version: NonNullable<Bundle["version"]>;
}

export interface AssignedTask {
  /** Null: the task is the current version's. */
  candidate: { bundle: Bundle; rules: VersionRules } | null;
  limits: TaskLimits;
  /** As far as telemetry has told it. */
  costNanoUsd: number;
  /** Before this call, for another reason than these limits. */
  refusedCalls: number;
}

/** A rollout that ended as planned has made its candidate the current version, which is decided as such. */
export const assignmentsOf = (conversationIds: readonly string[]) => {
  const asked = [...new Set(conversationIds)].filter((id) => id !== "");
  return Prisma.sql`(SELECT json_agg(json_build_object('conversation', asked.id, 'isCandidate', a.arm = 'candidate' OR a.shadow_task_id = asked.id, 'isShadow', a.shadow_task_id = asked.id,
      'state', o.state, 'stage', o.plan->'stages'->o.stage_index->>'stage', 'limits', o.plan->'taskLimits',
      'costNanoUsd', (SELECT r.cost_nano_usd FROM run r WHERE r.agent_id = a.agent_id AND r.conversation_id = asked.id),
      'refusedCalls', (SELECT count(*) FROM gate_decision d WHERE d.agent_id = a.agent_id AND d.conversation_id = asked.id AND d.decision = 'deny' AND d.reason <> 'task_limit' AND d.action_id IS NULL)
        + (SELECT count(*) FROM action b WHERE b.agent_id = a.agent_id AND b.conversation_id = asked.id AND b.state = 'denied' AND b.reason <> 'task_limit'),
      'version', json_build_object('id', v.id, 'number', v.number, 'fingerprint', v.fingerprint)))
    FROM unnest(${asked}::text[]) AS asked(id) JOIN assignment a ON a.agent_id = agent.id AND (a.task_id = asked.id OR a.shadow_task_id = asked.id)
    JOIN rollout o ON o.id = a.rollout_id AND o.state <> 'completed' JOIN agent_version v ON v.id = o.candidate_id)`;
};

interface Around {
  bundle: Bundle;
  stops: readonly BundleStop[];
  covered: CoveredAgent;
}

export async function assignedTasks(tx: Transaction, rows: readonly AssignmentRow[], around: Around): Promise<Map<string, AssignedTask>> {
  const tasks = new Map<string, AssignedTask>();
  for (const row of rows) {
    tasks.set(row.conversation, { candidate: row.isCandidate ? await candidateOf(tx, row, around) : null, limits: taskLimitsSchema.catch({ maxCalls: null, maxCostNanoUsd: null }).parse(row.limits ?? {}), costNanoUsd: row.costNanoUsd ?? 0, refusedCalls: row.refusedCalls });
  }
  return tasks;
}

async function candidateOf(tx: Transaction, { version, state, stage, isShadow }: AssignmentRow, { bundle, stops, covered }: Around): Promise<{ bundle: Bundle; rules: VersionRules }> {
  const rules = await loadVersionRules(tx, version.id);
  const tools = Object.fromEntries([...rules.tools].map(([name, { effect, compensation }]) => [name, { effect, hasCompensation: isCompensated(compensation) }]));
  const own = withStops({ ...bundle, stops: bundle.stops.filter(({ scope }) => scope !== "version") }, stops, { ...covered, currentVersionId: version.id });
  return {
    rules,
    bundle: bundleOfCandidate(bundle, {
      version, tools, policy: rules.policyDigest === null ? null : { digest: rules.policyDigest }, stops: own.stops,
      stage: AUTONOMY_STAGES.find((name) => name === stage) ?? null, isShadow, isWithdrawn: !["running", "paused", "held"].includes(state),
    }),
  };
}

/** A stop of the bundle that is released meanwhile goes on refusing until the bundle says so too. */
export function withStops(bundle: Bundle, stops: readonly BundleStop[], covered: CoveredAgent): Bundle {
  const known = new Set(bundle.stops.map(({ id }) => id));
  return { ...bundle, stops: [...bundle.stops, ...stops.filter((stop) => !known.has(stop.id) && stopCovers(stop, covered))] };
}

/**
 * The breaker of a task under comparison: what it has used decides, and no statistics. Whatever refuses already goes on refusing; only a candidate that
 * goes on recommending is told that its task is over.
 */
export function withinTaskLimits(answer: GateAnswer, task: AssignedTask | null, callsInRun: number): GateAnswer {
  const reached = (answer.decision === "deny" && !answer.isRecommendation) || task === null ? null : taskLimitReached(task.limits, { calls: callsInRun, refused: task.refusedCalls, costNanoUsd: task.costNanoUsd });
  return reached === null ? answer : { ...answer, decision: "deny", reason: "task_limit", sentence: reached, isRecommendation: false, approvers: [], approvalsNeeded: 0 };
}
