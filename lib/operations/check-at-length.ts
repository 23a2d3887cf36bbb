// What does the gate answer where a person, an approval or a rollout has a part in it? Decided statement by statement, in one transaction.

import { prisma, type Transaction } from "../database/database.ts";
import type { Bundle } from "../domain/bundle.ts";
import { newId } from "../new-id.ts";
import { appendToLog, type LogRecord } from "./append-to-log.ts";
import { answerFromRecord, entriesOf, faultOfRepeat, keyOfCheck, keyOfDecision, rowOf, subjectOf, type Check, type CheckAnswers, type CheckedCall, type DecisionRow, type MadeCheck } from "./decision-record.ts";
import { cutsMade, storeCuts, type CutRow } from "./cut-runs.ts";
import { armOf, countedOf, decideWithin, lockSurroundings, type DecidedCall, type GateSurroundings } from "./decide-call.ts";
import { effectiveCompensation } from "./effective-compensation.ts";
import type { KnownDecision } from "./gate-statements.ts";
import { answerOfAction, heldActionOf } from "./held-action.ts";
import { actorName, notify } from "./operation.ts";
import { takeOverHold } from "./take-over-hold.ts";

interface CheckWithBundle extends Check {
  bundle: Bundle;
}

export async function checkAtLength(checks: readonly CheckWithBundle[], now: Date): Promise<CheckAnswers> {
  return prisma().$transaction(async (tx) => {
    const answers: CheckAnswers = new Map();
    const entries: LogRecord[] = [];
    // In the order of the agents' ids, as their counters are locked.
    const byAgent = [...Map.groupBy(checks, ({ call }) => call.agentId)].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const rows: DecisionRow[] = [];
    const cuts: CutRow[] = [];
    for (const [, ofAgent] of byAgent) {
      const decided = await checkAgent(tx, ofAgent, now);
      for (const [one, answer] of decided.answers) answers.set(one, answer);
      rows.push(...decided.rows);
      cuts.push(...decided.cuts);
      entries.push(...decided.entries);
    }
    await storeDecisions(tx, rows);
    await storeCuts(tx, cuts);
    await appendToLog(tx, entries);
    if (rows.length > 0) await notify(tx, { kind: "decisions.made", subject: "", agentId: byAgent.length === 1 ? (byAgent[0]?.[0] ?? null) : null });
    if (entries.some(({ kind }) => kind === "action.held")) await notify(tx, { kind: "action.held", subject: "", agentId: null });
    return answers;
  }, { maxWait: 5_000, timeout: 15_000 });
}

async function storeDecisions(tx: Transaction, rows: readonly DecisionRow[]): Promise<void> {
  if (rows.length > 0) await tx.$executeRaw`INSERT INTO gate_decision SELECT * FROM jsonb_populate_recordset(NULL::gate_decision, ${JSON.stringify(rows)}::jsonb)`;
}

interface Decided {
  answers: CheckAnswers;
  rows: DecisionRow[];
  cuts: CutRow[];
  entries: LogRecord[];
}

async function checkAgent(tx: Transaction, checks: readonly CheckWithBundle[], now: Date): Promise<Decided> {
  const bundle = newest(checks.map((one) => one.bundle));
  // The lock of the counters comes before the look at what was decided: so no call is decided twice.
  const around = await lockSurroundings(tx, bundle, checks.map(({ call }) => call), now);
  const known = await knownDecisions(tx, checks);
  const decided: Decided = { answers: new Map(), rows: [], cuts: [], entries: [] };
  const twins = new Map<string, MadeCheck>();
  for (const one of checks) {
    const key = keyOfCheck(one);
    const [twin, before] = [twins.get(key), known.get(key)];
    if (twin) decided.answers.set(one, faultOfRepeat(one.call, twin.subject) ?? twin.answer);
    else if (before) {
      const answer = faultOfRepeat(one.call, before) ?? (await answerAgain(tx, one, before, around, decided.entries, now));
      decided.answers.set(one, answer);
      if (!(answer instanceof Error)) decided.cuts.push(...cutsMade(answer, one, armOf(one.call, around).bundle, now));
      if (!(answer instanceof Error)) twins.set(key, { subject: before, answer });
    }
    if (twin || before) continue;
    const answer = await decideNow(tx, one, around, decided, now);
    twins.set(key, { subject: subjectOf(one.call), answer });
    decided.answers.set(one, answer);
  }
  await around.usage.store(tx, now);
  return decided;
}

/** Of a call that was not decided before under its id. */
async function decideNow(tx: Transaction, one: Check, around: GateSurroundings, { rows, cuts, entries }: Decided, now: Date): Promise<CheckedCall> {
  const made = decideWithin(one.call, around, now);
  if (made.answer.decision === "permit") around.usage.add(countedOf(one.call, armOf(one.call, around).rules), now);
  const isHeld = made.answer.decision === "hold";
  const waiting = isHeld && one.call.isNamedAnew === true ? await takeOverHold(tx, one, now) : null;
  const held = isHeld && waiting === null ? await heldActionOf(tx, holdOf(one, made, around), now) : null;
  const evaluationId = newId("gd");
  const actionId = waiting ?? held?.id ?? null;
  rows.push(rowOf(evaluationId, one, made, actionId, now));
  cuts.push(...cutsMade(made.answer, one, armOf(one.call, around).bundle, now));
  entries.push(...entriesOf(evaluationId, one, made, actionId === null ? null : { id: actionId, isNew: waiting === null }, now));
  if (waiting !== null) return answerOfHold(tx, one, { evaluationId, actionId: waiting, around, entries }, now);
  return { ...made.answer, evaluationId, inputDigest: one.digest, approval: held?.approval ?? null };
}

const holdOf = ({ call, digest, actor }: Check, decided: DecidedCall, around: GateSurroundings) =>
  ({ call, decided, digest, compensation: effectiveCompensation(null, call, armOf(call, around).rules), preparedBy: actorName(actor) });

const newest = (bundles: readonly Bundle[]): Bundle => bundles.reduce((a, b) => (b.epoch > a.epoch ? b : a));

type StoredDecision = Omit<KnownDecision, "epoch"> & { epoch: bigint | null };

async function knownDecisions(tx: Transaction, checks: readonly Check[]): Promise<Map<string, StoredDecision>> {
  const rows = await tx.$queryRaw<StoredDecision[]>`
    SELECT d.id, d.decision, d.reason, d.sentence, d.is_recommendation, d.action_id, d.policies, d.epoch, d.facts->>'user' AS "user", d.facts->>'segment' AS segment, d.facts, extract(epoch FROM d.decided_at)::float8 * 1000 AS decided_ms, d.agent_id, d.conversation_id, d.tool_call_id, d.tool, d.input_digest
    FROM unnest(${checks.map(({ call }) => call.agentId)}::text[], ${checks.map(({ call }) => call.conversationId)}::text[], ${checks.map(({ call }) => call.toolCallId)}::text[], ${checks.map(({ call }) => call.tool)}::text[], ${checks.map(({ digest }) => digest)}::text[])
      AS asked(agent_id, conversation_id, tool_call_id, tool, input_digest)
    JOIN gate_decision d ON d.agent_id = asked.agent_id AND d.conversation_id = asked.conversation_id AND d.tool_call_id = asked.tool_call_id AND d.tool = asked.tool AND d.input_digest = asked.input_digest`;
  return new Map(rows.map((row) => [keyOfDecision(row), row]));
}

async function answerAgain(tx: Transaction, one: Check, before: StoredDecision, around: GateSurroundings, entries: LogRecord[], now: Date): Promise<CheckedCall> {
  if (before.action_id === null) return answerFromRecord(one, before, around, now);
  return answerOfHold(tx, one, { evaluationId: before.id, actionId: before.action_id, around, entries }, now);
}

interface Held {
  evaluationId: string;
  actionId: string;
  around: GateSurroundings;
  entries: LogRecord[];
}

async function answerOfHold(tx: Transaction, one: Check, { evaluationId, actionId, around, entries }: Held, now: Date): Promise<CheckedCall> {
  const { answer, entry } = await answerOfAction(tx, { actionId, call: one.call, around, by: "gate" }, now);
  if (entry) entries.push({ ...entry, actor: actorName(one.actor), at: now });
  return { evaluationId, inputDigest: one.digest, ...answer };
}
