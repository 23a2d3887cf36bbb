// What does the gate answer, and how is that kept? Calls that are asked about at the same time share a transaction; each is answered after its commit.

import { prisma, type Transaction } from "../database/database.ts";
import { isDatabaseUnavailable } from "../database/is-database-unavailable.ts";
import type { Bundle } from "../domain/bundle.ts";
import type { GateAnswer } from "../domain/decide-gate.ts";
import { GATE_DECISIONS } from "../domain/gate-decision.ts";
import { inputDigest } from "../domain/input-digest.ts";
import type { Json } from "../domain/manifest.ts";
import { may } from "../domain/permissions.ts";
import type { Actor } from "../domain/roles.ts";
import { NotPermitted, Unavailable } from "../errors.ts";
import { newId } from "../new-id.ts";
import { appendToLog, type LogRecord } from "./append-to-log.ts";
import { answerOfAction, heldActionOf, type ActionAnswer } from "./held-action.ts";
import { armOf, countedOf, decideWithin, lockSurroundings, type DecidedCall, type GateCall } from "./decide-call.ts";
import { inGroups } from "./in-groups.ts";
import { actorName, notify } from "./operation.ts";

export interface CheckedCall extends Omit<GateAnswer, "reason"> {
  evaluationId: string;
  reason: GateAnswer["reason"] | ActionAnswer["reason"];
  inputDigest: string;
  /** The request for an approval that a held call waits for. */
  approval: ActionAnswer["approval"] | null;
}

interface Check {
  actor: Actor;
  call: GateCall;
  bundle: Bundle;
  digest: string;
  now: Date;
}

/** Whoever decides for an agent locks its counters: a second group would mostly wait for the first, and be smaller for it. */
const CHECKS_AT_ONCE = 1;
const MOST_TOGETHER = 64;
/** Longer arguments are decided, and only their digest is kept. */
const MOST_INPUT_CHARACTERS = 20_000;

const check = inGroups<Check, CheckedCall>({
  weigh: () => 1, atOnce: CHECKS_AT_ONCE, worthwhile: 1, most: MOST_TOGETHER, work: checkTogether,
  isOfAll: (error) => isDatabaseUnavailable(error),
});

/**
 * The same call, asked again, gets the same record: a decision is about one (agent, conversation, tool call, tool, arguments). A held call that was
 * approved meanwhile is decided anew and goes ahead once. Throws `NotPermitted`, and `Unavailable` when the database is away: then the
 * answer is no.
 */
export async function checkCall(actor: Actor, call: GateCall, bundle: Bundle, now = new Date()): Promise<CheckedCall> {
  const answer = may(actor, "gate:ask", call.agentId);
  if (!answer.ok) throw new NotPermitted(answer.reason);
  const digest = inputDigest(call.input);
  try {
    return await check({ actor, call, bundle, digest, now });
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw new Unavailable("The database cannot be reached, so nothing is permitted; ask again in a moment.", { cause: error });
    throw error;
  }
}

const keyOf = ({ call, digest }: Pick<Check, "call" | "digest">): string => JSON.stringify([call.agentId, call.conversationId, call.toolCallId, call.tool, digest]);

async function checkTogether(checks: readonly Check[]): Promise<CheckedCall[]> {
  const now = checks.map((one) => one.now).reduce((a, b) => (a > b ? a : b));
  return prisma().$transaction(async (tx) => {
    const answers = new Map<string, CheckedCall>();
    const entries: LogRecord[] = [];
    // In the order of the agents' ids, as their counters are locked.
    const byAgent = [...Map.groupBy(checks, ({ call }) => call.agentId)].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const rows: DecisionRow[] = [];
    for (const [, ofAgent] of byAgent) {
      const decided = await checkAgent(tx, ofAgent, now);
      for (const [key, answer] of decided.answers) answers.set(key, answer);
      rows.push(...decided.rows);
      entries.push(...decided.entries);
    }
    await storeDecisions(tx, rows);
    await appendToLog(tx, entries);
    if (rows.length > 0) await notify(tx, { kind: "decisions.made", subject: "", agentId: byAgent.length === 1 ? (byAgent[0]?.[0] ?? null) : null });
    if (entries.some(({ kind }) => kind === "action.held")) await notify(tx, { kind: "action.held", subject: "", agentId: null });
    return checks.map((one) => {
      const answer = answers.get(keyOf(one));
      if (!answer) throw new Error("a call was not decided");
      return answer;
    });
  }, { maxWait: 5_000, timeout: 15_000 });
}

/** In the words of the table: the rows of a group go in as one parameter. */
interface DecisionRow {
  id: string;
  agent_id: string;
  version_id: string | null;
  conversation_id: string;
  tool_call_id: string;
  tool: string;
  input_digest: string;
  input: Json | null;
  decision: string;
  reason: string;
  sentence: string;
  policies: readonly string[];
  policy_digest: string | null;
  epoch: number | null;
  facts: DecidedCall["facts"];
  is_recommendation: boolean;
  action_id: string | null;
  decided_at: string;
}

async function storeDecisions(tx: Transaction, rows: readonly DecisionRow[]): Promise<void> {
  if (rows.length > 0) await tx.$executeRaw`INSERT INTO gate_decision SELECT * FROM jsonb_populate_recordset(NULL::gate_decision, ${JSON.stringify(rows)}::jsonb)`;
}

interface Decided {
  answers: Map<string, CheckedCall>;
  rows: DecisionRow[];
  entries: LogRecord[];
}

async function checkAgent(tx: Transaction, checks: readonly Check[], now: Date): Promise<Decided> {
  const bundle = newest(checks.map((one) => one.bundle));
  // The lock of the counters comes before the look at what was decided: so no call is decided twice.
  const around = await lockSurroundings(tx, bundle, checks.map(({ call }) => call), now);
  const known = await knownDecisions(tx, checks);
  const decided: Decided = { answers: new Map(), rows: [], entries: [] };
  for (const one of checks) {
    const key = keyOf(one);
    if (decided.answers.has(key)) continue;
    const before = known.get(key);
    if (before) {
      decided.answers.set(key, await answerAgain(tx, one, before, around, decided.entries, now));
      continue;
    }
    const made = decideWithin(one.call, around, now);
    if (made.answer.decision === "permit") around.usage.add(countedOf(one.call, armOf(one.call, around).rules), now);
    const evaluationId = newId("gd");
    const action = made.answer.decision === "hold" ? await heldActionOf(tx, { call: one.call, decided: made, digest: one.digest, preparedBy: actorName(one.actor) }, now) : null;
    decided.rows.push(rowOf(evaluationId, one, made, action?.id ?? null, now));
    decided.entries.push(...entriesOf(evaluationId, one, made, action?.id ?? null, now));
    decided.answers.set(key, { ...made.answer, evaluationId, inputDigest: one.digest, approval: action?.approval ?? null });
  }
  await around.usage.store(tx, now);
  return decided;
}

const newest = (bundles: readonly Bundle[]): Bundle => bundles.reduce((a, b) => (b.epoch > a.epoch ? b : a));

type KnownDecision = Pick<DecisionRow, "id" | "decision" | "reason" | "sentence" | "is_recommendation" | "action_id"> & { policies: string[]; epoch: bigint | null };

async function knownDecisions(tx: Transaction, checks: readonly Check[]): Promise<Map<string, KnownDecision>> {
  const rows = await tx.$queryRaw<(KnownDecision & Pick<DecisionRow, "agent_id" | "conversation_id" | "tool_call_id" | "tool" | "input_digest">)[]>`
    SELECT d.id, d.decision, d.reason, d.sentence, d.is_recommendation, d.action_id, d.policies, d.epoch, d.agent_id, d.conversation_id, d.tool_call_id, d.tool, d.input_digest
    FROM unnest(${checks.map(({ call }) => call.agentId)}::text[], ${checks.map(({ call }) => call.conversationId)}::text[], ${checks.map(({ call }) => call.toolCallId)}::text[], ${checks.map(({ call }) => call.tool)}::text[], ${checks.map(({ digest }) => digest)}::text[])
      AS asked(agent_id, conversation_id, tool_call_id, tool, input_digest)
    JOIN gate_decision d ON d.agent_id = asked.agent_id AND d.conversation_id = asked.conversation_id AND d.tool_call_id = asked.tool_call_id AND d.tool = asked.tool AND d.input_digest = asked.input_digest`;
  return new Map(rows.map((row) => [JSON.stringify([row.agent_id, row.conversation_id, row.tool_call_id, row.tool, row.input_digest]), row]));
}

/** A permit is repeated only as long as it would still be given: a stop that came meanwhile refuses the repetition too. */
async function answerAgain(tx: Transaction, one: Check, before: KnownDecision, around: Parameters<typeof decideWithin>[1], entries: LogRecord[], now: Date): Promise<CheckedCall> {
  const shared = { evaluationId: before.id, inputDigest: one.digest };
  if (before.action_id !== null) {
    const { answer, entry } = await answerOfAction(tx, { actionId: before.action_id, call: one.call, around }, now);
    if (entry) entries.push({ ...entry, actor: actorName(one.actor), at: now });
    return { ...shared, ...answer };
  }
  const decision = GATE_DECISIONS.find((name) => name === before.decision) ?? "deny";
  const recorded = {
    ...shared, decision, reason: before.reason as GateAnswer["reason"], sentence: before.sentence, isRecommendation: before.is_recommendation, stopId: null,
    epoch: before.epoch === null ? null : Number(before.epoch), policies: before.policies, approvers: [], approvalsNeeded: 0, approval: null,
  };
  if (decision !== "permit") return recorded;
  const stopped = decideWithin(one.call, around, now).answer;
  return stopped.stopId === null ? recorded : { ...shared, ...stopped, approval: null };
}

const isShort = (input: Json): boolean => JSON.stringify(input).length <= MOST_INPUT_CHARACTERS;

function rowOf(id: string, { call, digest }: Check, { answer, facts, policyDigest, versionId }: DecidedCall, actionId: string | null, now: Date): DecisionRow {
  return {
    id, agent_id: call.agentId, version_id: versionId, conversation_id: call.conversationId, tool_call_id: call.toolCallId, tool: call.tool, input_digest: digest, input: isShort(call.input) ? call.input : null,
    decision: answer.decision, reason: answer.reason, sentence: answer.sentence, policies: answer.policies, policy_digest: policyDigest, epoch: answer.epoch, facts, is_recommendation: answer.isRecommendation,
    action_id: actionId, decided_at: now.toISOString(),
  };
}

/** Reading what is permitted leaves its record and no entry: the log is about what has consequences and about what was refused. */
function entriesOf(evaluationId: string, { actor, call, digest }: Check, { answer, effect, policyDigest }: DecidedCall, actionId: string | null, now: Date): LogRecord[] {
  if (effect === "read" && answer.decision === "permit") return [];
  const made = {
    kind: "decision.made", actor: actorName(actor), subject: evaluationId, agentId: call.agentId, at: now,
    detail: { tool: call.tool, decision: answer.decision, reason: answer.reason, policies: [...answer.policies], inputDigest: digest, policyDigest, epoch: answer.epoch, stopId: answer.stopId, actionId },
  };
  return actionId === null ? [made] : [made, { ...made, kind: "action.held", subject: actionId, detail: { tool: call.tool, inputDigest: digest, evaluationId } }];
}
