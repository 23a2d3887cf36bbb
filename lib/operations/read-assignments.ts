// What is known of tasks that are to be assigned: their agents' versions and rollout, the stops, and what was drawn before?

import { Prisma } from "../../generated/prisma/client.ts";
import type { Transaction } from "../database/database.ts";
import type { Arm } from "../domain/judge-canary.ts";
import { isStopScope, stopCovers } from "../domain/stop-scope.ts";

export interface AssignedVersion {
  id: string;
  number: number;
  label: string | null;
  fingerprint: string;
}

interface TaskName {
  agentId: string;
  task: string;
}

interface Rollout {
  id: string;
  state: string;
  salt: string;
  exposure: number;
  stageIndex: number;
  exposureIndex: number;
  stage: string | null;
  unit: string | null;
  isLimited: boolean;
  currentId: string;
  candidateId: string;
}

export interface AgentOfTask {
  current: AssignedVersion | null;
  /** Begun, and not ended. */
  rollout: (Rollout & { candidate: AssignedVersion }) | null;
  /** A kill switch covers the agent, or one of the two versions. */
  isStopped: boolean;
}

const versionOf = (v: Prisma.Sql) => Prisma.sql`json_build_object('id', ${v}.id, 'number', ${v}.number, 'label', ${v}.label, 'fingerprint', ${v}.fingerprint)`;
/** Of the row that is called v. */
const VERSION = versionOf(Prisma.sql`v`);

/** Of the rollout that is called o. */
const IS_LIMITED = Prisma.sql`coalesce(o.plan->'taskLimits'->>'maxCalls', o.plan->'taskLimits'->>'maxCostNanoUsd') IS NOT NULL`;

export const isOpen = (state: string): boolean => ["running", "paused", "held"].includes(state);

export const keyOf = ({ agentId, task }: TaskName): string => `${agentId} ${task}`;

export async function readAgentsOfTasks(tx: Transaction, all: readonly TaskName[]): Promise<Map<string, AgentOfTask>> {
  const rows = await tx.$queryRaw<{ id: string; tier: number | null; current: AssignedVersion | null; rollout: AgentOfTask["rollout"]; stops: { scope: string; target: string }[] | null }[]>`
    SELECT agent.id, agent.tier, (SELECT ${VERSION} FROM agent_version v WHERE v.id = agent.current_version_id) AS current,
      (SELECT json_build_object('id', o.id, 'state', o.state, 'salt', o.salt, 'exposure', o.exposure, 'stageIndex', o.stage_index, 'exposureIndex', o.exposure_index, 'stage', o.plan->'stages'->o.stage_index->>'stage',
          'unit', o.plan->>'unit', 'isLimited', ${IS_LIMITED}, 'currentId', o.current_id, 'candidateId', o.candidate_id, 'candidate', ${VERSION})
        FROM rollout o JOIN agent_version v ON v.id = o.candidate_id WHERE o.agent_id = agent.id AND o.state IN ('running', 'paused', 'held')) AS rollout,
      (SELECT json_agg(json_build_object('scope', scope, 'target', target)) FROM stop WHERE released_at IS NULL) AS stops
    FROM agent WHERE agent.id = ANY(${[...new Set(all.map(({ agentId }) => agentId))]}::text[]) AND agent.archived_at IS NULL`;
  return new Map(rows.map(({ id, tier, current, rollout, stops }) => {
    const versions = [current?.id ?? null, ...(rollout ? [rollout.currentId, rollout.candidateId] : [])];
    // A stop of one tool is the gate's to keep: the task can be done otherwise.
    const isStopped = (stops ?? []).some(({ scope, target }) => !isStopScope(scope) || (scope !== "tool" && versions.some((currentVersionId) => stopCovers({ scope, target }, { id, tier, currentVersionId }))));
    return [id, { current, rollout, isStopped }];
  }));
}

export interface StoredAssignment {
  agentId: string;
  task: string;
  rolloutId: string;
  state: string;
  arm: Arm;
  probability: number;
  stage: string | null;
  shadowTask: string | null;
  isLimited: boolean;
  candidate: AssignedVersion;
  /** The one that was current then. */
  before: AssignedVersion;
}

/** A task that was begun longer ago is not the same work any more. */
const MOST_HOURS = 24;

/**
 * Whatever became of its rollout: the gate goes on deciding the task by it. Of one that ended as planned the candidate is current: so long as it is, and nothing speaks
 * against the version before it, a task that is under way ends with the version that it began with.
 */
export async function readAssignments(tx: Transaction, asked: readonly (TaskName & { now: Date })[]): Promise<Map<string, StoredAssignment>> {
  if (asked.length === 0) return new Map();
  const rows = await tx.$queryRaw<StoredAssignment[]>`
    SELECT a.agent_id AS "agentId", a.task_id AS task, ${versionOf(Prisma.sql`b`)} AS before, a.rollout_id AS "rolloutId", o.state, a.arm, a.probability, o.plan->'stages'->o.stage_index->>'stage' AS stage, a.shadow_task_id AS "shadowTask", ${IS_LIMITED} AS "isLimited", ${VERSION} AS candidate
    FROM unnest(${asked.map(({ agentId }) => agentId)}::text[], ${asked.map(({ task }) => task)}::text[], ${asked.map(({ now }) => now)}::timestamptz[]) AS asked(agent_id, task_id, now) JOIN assignment a ON a.agent_id = asked.agent_id AND a.task_id = asked.task_id
    JOIN rollout o ON o.id = a.rollout_id JOIN agent ON agent.id = a.agent_id JOIN agent_version v ON v.id = o.candidate_id JOIN agent_version b ON b.id = o.current_id
    WHERE o.state <> 'completed' OR (agent.current_version_id = o.candidate_id AND a.assigned_at > asked.now - ${MOST_HOURS} * interval '1 hour'
      AND (a.arm = 'candidate' OR (b.approved_at IS NOT NULL AND NOT EXISTS (SELECT FROM stop WHERE released_at IS NULL AND scope = 'version' AND target = b.id))))
    ORDER BY a.assigned_at`;
  return new Map(rows.map((row) => [keyOf(row), row]));
}
