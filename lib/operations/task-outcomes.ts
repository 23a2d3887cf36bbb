// Which outcomes of a rollout's tasks became known, and how did the current version do before it?

import { Prisma } from "../../generated/prisma/client.ts";
import type { Transaction } from "../database/database.ts";
import { actionErrorsOf, askedCallsOf, failedCallsOf, performedCallsOf, type FailedCall } from "../database/gate-calls.ts";
import { callsPutForward, type PutForward } from "../database/recommended-calls.ts";
import { knownCostOf } from "../database/run-cost.ts";
import { loadVersionRules } from "../database/version-rules.ts";
import { type CountedOutcomes, WHOLE_RUN_METRICS } from "../domain/canary-plan.ts";
import { compareRecommendations, type Recommendation } from "../domain/compare-recommendations.ts";
import type { Arm, TaskValues } from "../domain/judge-canary.ts";
import type { Outcome } from "../domain/outcome.ts";
import { taskValuesOf } from "../domain/task-values.ts";
import { attemptedViolations } from "./attempted-violations.ts";
import { planOf, type LockedRollout } from "./lock-rollout.ts";
import { madeAlthoughDenied } from "./made-although-denied.ts";

interface RunColumns {
  conversationId: string;
  versionId: string | null;
  outcome: Outcome | null;
  isEscalated: boolean;
  actionErrors: number;
  toolCalls: number;
  performedCalls: number;
  consequentialCalls: number;
  askedCalls: number;
  startedAtMs: number;
  endedAtMs: number;
  costNanoUsd: number | null;
}

const runColumns = (run: Prisma.Sql) => Prisma.sql`
  ${run}.conversation_id AS "conversationId", ${run}.version_id AS "versionId", ${run}.outcome, ${run}.is_escalated AS "isEscalated", ${actionErrorsOf(run)} AS "actionErrors",
  ${run}.tool_calls AS "toolCalls", ${performedCallsOf(run)} AS "performedCalls", ${run}.consequential_calls AS "consequentialCalls", ${askedCallsOf(run)} AS "askedCalls",
  (extract(epoch FROM ${run}.started_at) * 1000)::float8 AS "startedAtMs", (extract(epoch FROM ${run}.ended_at) * 1000)::float8 AS "endedAtMs",
  ${knownCostOf(run)} AS "costNanoUsd"`;

const MOST_HISTORY = 5_000;

interface HistoryOf {
  agentId: string;
  versionId: string;
  before: Date;
  countedOutcomes: CountedOutcomes | undefined;
}

/** Not null where the run has an outcome that counts. */
const countedOutcome = (run: Prisma.Sql, counted: CountedOutcomes = "any") => (counted === "any" ? Prisma.sql`${run}.outcome` : Prisma.sql`CASE WHEN ${run}.outcome_source = 'reported' THEN ${run}.outcome END`);

/** Of the version's runs with an outcome that counts, the newest; newest last. */
export async function readTaskHistory(tx: Transaction, { agentId, versionId, before, countedOutcomes }: HistoryOf): Promise<TaskValues[]> {
  const rows = await tx.$queryRaw<RunColumns[]>`
    SELECT ${runColumns(Prisma.sql`r`)} FROM run r WHERE r.agent_id = ${agentId} AND r.version_id = ${versionId} AND ${countedOutcome(Prisma.sql`r`, countedOutcomes)} IS NOT NULL AND r.started_at < ${before}::timestamptz
    ORDER BY r.started_at DESC, r.id DESC LIMIT ${MOST_HISTORY}`;
  return valuesOf(tx, agentId, rows.toReversed());
}

async function valuesOf(tx: Transaction, agentId: string, runs: readonly RunColumns[], until?: ReadonlyMap<string, Date>): Promise<TaskValues[]> {
  const violations = await attemptedViolations(tx, agentId, runs.map(({ conversationId }) => conversationId), until);
  const withPolicy = new Set<string>();
  for (const versionId of new Set(runs.flatMap((run) => run.versionId ?? []))) if ((await loadVersionRules(tx, versionId)).policyDigest !== null) withPolicy.add(versionId);
  return runs.map((run) => taskValuesOf({ ...run, hasPolicy: run.versionId !== null && withPolicy.has(run.versionId), violations: violations.get(run.conversationId) ?? 0 }));
}

export interface TaskOutcome {
  taskId: string;
  unit: string;
  arm: Arm;
  probability: number;
  stageIndex: number;
  exposureIndex: number;
  assignedAt: Date;
  runId: string;
  receivedAt: Date;
  versionId: string | null;
  hasEscapedViolation: boolean;
  segments: Prisma.JsonValue;
  values: TaskValues;
  /** What the candidate did of the same task in shadow. */
  shadow: { versionId: string | null; receivedAt: Date; hasEscapedViolation: boolean; values: TaskValues; recommends: Recommendation | null } | null;
}

interface PairedRun extends RunColumns {
  failedCalls: readonly FailedCall[];
}

interface OutcomeRow extends Omit<TaskOutcome, "values" | "shadow"> {
  run: PairedRun;
  shadow: (PairedRun & { receivedAt: string; hasEscapedViolation: boolean }) | null;
}

/** Where only one of two versions can make a write, only what both can make is compared: of errors those of reading, and those until its first call with an effect. */
async function withErrorsOfReads<Run extends PairedRun>(tx: Transaction, run: Run, until: Date | undefined): Promise<Run> {
  if (run.actionErrors === 0) return run;
  const tools = run.versionId === null ? null : (await loadVersionRules(tx, run.versionId)).tools;
  const uncompared = run.failedCalls.filter(({ tool, startedAtMs }) => (tools?.get(tool ?? "")?.effect ?? "read") !== "read" || (until !== undefined && startedAtMs > until.getTime())).length;
  return { ...run, actionErrors: Math.max(0, run.actionErrors - uncompared) };
}

/** What acts without asking the gate recommends nothing that anybody knows of. */
const isUnasked = ({ consequentialCalls, askedCalls }: RunColumns): boolean => consequentialCalls > 0 && askedCalls === 0;

interface Pair {
  run: PairedRun;
  shadow: PairedRun;
}

interface ComparedPair {
  current: TaskValues;
  candidate: TaskValues;
  recommends: Recommendation | null;
}

/** By the conversation of the current version: what both did as long as they saw the same, which is until the first call with an effect of either. */
async function comparePairs(tx: Transaction, agentId: string, pairs: readonly Pair[]): Promise<Map<string, ComparedPair>> {
  const calls = await callsPutForward(tx, agentId, pairs.flatMap(({ run, shadow }) => [run.conversationId, shadow.conversationId]));
  const of = ({ conversationId }: RunColumns): readonly PutForward[] => calls.get(conversationId) ?? [];
  const until = new Map([...calls].flatMap(([conversationId, [first]]) => (first ? [[conversationId, first.decidedAt] as const] : [])));
  const runs: PairedRun[] = [];
  for (const { run, shadow } of pairs) for (const one of [run, shadow]) runs.push(await withErrorsOfReads(tx, one, until.get(one.conversationId)));
  const values = await valuesOf(tx, agentId, runs, until);
  return new Map(pairs.map(({ run, shadow }, place) => {
    const isRefused = of(shadow).length > 0;
    const [current = {}, candidate = {}] = values.slice(2 * place, 2 * place + 2).map((one) => (isRefused ? { ...one, ...NOT_COMPARABLE } : one));
    return [run.conversationId, { current, candidate, recommends: isUnasked(run) || isUnasked(shadow) ? "other" : compareRecommendations(of(run), of(shadow)) }];
  }));
}

const NOT_COMPARABLE: TaskValues = Object.fromEntries(WHOLE_RUN_METRICS.map((metric) => [metric, null]));

/**
 * A run in shadow achieves nothing, so nobody may ever say how it ended: it counts when nothing more was heard of it for so long. So does one of
 * which the gate knows more calls than its telemetry has shown: spans that are on their way are waited for.
 */
const QUIET = Prisma.sql`interval '1 minute'`;
const showsCalls = (run: Prisma.Sql) => Prisma.sql`${run}.tool_calls >= ${performedCallsOf(run)}`;
const isQuiet = (run: Prisma.Sql, now: Date) => Prisma.sql`${run}.updated_at <= ${now}::timestamptz - ${QUIET}`;

/** In the order in which they are judged, which is the same whoever judges. */
export async function readNewOutcomes(tx: Transaction, rollout: Pick<LockedRollout, "id" | "agentId" | "plan">, most: number, now: Date): Promise<TaskOutcome[]> {
  const { id, agentId } = rollout;
  const { countedOutcomes } = planOf(rollout);
  const rows = await tx.$queryRaw<OutcomeRow[]>`
    SELECT a.task_id AS "taskId", a.unit, a.arm, a.probability, a.stage_index AS "stageIndex", a.exposure_index AS "exposureIndex", a.assigned_at AS "assignedAt", r.id AS "runId", r.received_at AS "receivedAt", r.version_id AS "versionId",
      r.has_escaped_violation AS "hasEscapedViolation", r.segments, (SELECT to_jsonb(own) FROM (SELECT ${runColumns(Prisma.sql`r`)}, ${failedCallsOf(Prisma.sql`r`)} AS "failedCalls") AS own) AS run,
      (SELECT to_jsonb(other) FROM (SELECT ${runColumns(Prisma.sql`s`)}, ${failedCallsOf(Prisma.sql`s`)} AS "failedCalls", s.received_at AS "receivedAt", s.has_escaped_violation AS "hasEscapedViolation" WHERE s.id IS NOT NULL) AS other) AS shadow
    FROM assignment a JOIN run r ON r.agent_id = a.agent_id AND r.conversation_id = a.task_id AND ${countedOutcome(Prisma.sql`r`, countedOutcomes)} IS NOT NULL
      LEFT JOIN run s ON s.agent_id = a.agent_id AND s.conversation_id = a.shadow_task_id
    WHERE a.rollout_id = ${id} AND a.judged_at IS NULL AND (a.shadow_task_id IS NULL OR (s.outcome IS NOT NULL AND ${showsCalls(Prisma.sql`s`)}) OR ${isQuiet(Prisma.sql`s`, now)})
      AND (${showsCalls(Prisma.sql`r`)} OR ${isQuiet(Prisma.sql`r`, now)})
    ORDER BY coalesce(r.outcome_at, r.received_at), a.task_id LIMIT ${most}`;
  const single = rows.flatMap(({ run, shadow }) => (shadow ? [] : [run]));
  const values = new Map((await valuesOf(tx, agentId, single)).map((value, index) => [single[index]?.conversationId ?? "", value]));
  const pairs = await comparePairs(tx, agentId, rows.flatMap(({ run, shadow }) => (shadow ? [{ run, shadow }] : [])));
  return rows.map(({ run, shadow, ...row }) => {
    const pair = pairs.get(run.conversationId);
    if (shadow === null || pair === undefined) return { ...row, values: values.get(run.conversationId) ?? {}, shadow: null };
    const { versionId, receivedAt, hasEscapedViolation } = shadow;
    return { ...row, values: pair.current, shadow: { versionId, receivedAt: new Date(receivedAt), hasEscapedViolation, values: pair.candidate, recommends: pair.recommends } };
  });
}

/** Null: of a run that this rollout gave out no task to. */
export interface Escape {
  taskId: string | null;
  arm: Arm;
}

/** Sweeps pass within seconds; so far may a commit, or another machine's clock, lag behind. */
const LAG = 5 * 60_000;

/**
 * Runs that did what must never be done, as far as the judge has not been told: reported, or a call that the gate had refused. Of the candidate
 * wherever it ran and whatever became of its task; of the current version only beside the other, once judged. Whoever was given the candidate and does
 * not say with what it ran, ran the candidate.
 */
export async function readLateEscapes(tx: Transaction, { id, agentId, candidateId, currentId, startedAt, plannedAt, verdictAt }: LockedRollout): Promise<Escape[]> {
  const since = startedAt ?? plannedAt;
  const made = await madeAlthoughDenied(tx, agentId, new Date((verdictAt ?? since).getTime() - LAG));
  return tx.$queryRaw<Escape[]>`
    SELECT a.task_id AS "taskId", CASE WHEN r.version_id = ${currentId} THEN 'current' ELSE 'candidate' END AS arm
    FROM (SELECT id FROM run WHERE agent_id = ${agentId} AND has_escaped_violation UNION SELECT unnest(${made}::text[])) escaped JOIN run r ON r.id = escaped.id
      LEFT JOIN assignment a ON a.rollout_id = ${id} AND a.agent_id = r.agent_id AND r.conversation_id IN (a.task_id, a.shadow_task_id)
    WHERE CASE
      WHEN a.task_id IS NULL THEN r.version_id = ${candidateId} AND r.received_at >= ${since}::timestamptz
      WHEN a.values ? 'hasEscapedViolation' THEN false
      WHEN r.version_id = ${currentId} THEN a.arm = 'current' AND a.shadow_task_id IS NULL AND a.judged_at IS NOT NULL AND a.exclusion IS NULL
      WHEN r.version_id IS NULL THEN a.arm = 'candidate' OR r.conversation_id = a.shadow_task_id
      ELSE r.version_id = ${candidateId} END
    ORDER BY a.task_id`;
}
