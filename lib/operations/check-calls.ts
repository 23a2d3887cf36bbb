// What does the gate answer, and how is that kept? Calls that are asked about at the same time share a transaction; each is answered after its commit.

import { isDatabaseUnavailable } from "../database/is-database-unavailable.ts";
import type { Bundle } from "../domain/bundle.ts";
import { inputDigest } from "../domain/input-digest.ts";
import { may } from "../domain/permissions.ts";
import type { Actor } from "../domain/roles.ts";
import { faultOfInput } from "../domain/storable-input.ts";
import { BadInput, NotPermitted, Unavailable, type Refusal } from "../errors.ts";
import { newId } from "../new-id.ts";
import type { LogRecord } from "./append-to-log.ts";
import { checkAtLength } from "./check-at-length.ts";
import { cutsMade, type CutRow } from "./cut-runs.ts";
import { countedOf, decideWithin, type GateCall } from "./decide-call.ts";
import { answerFromRecord, entriesOf, faultOfRepeat, keyOfCheck, keyOfDecision, rowOf, subjectOf, type Check, type CheckAnswers, type CheckedCall, type DecisionRow, type MadeCheck } from "./decision-record.ts";
import { gateRead, gateWrite, type GateRead } from "./gate-statements.ts";
import { inGroups } from "./in-groups.ts";
import { inTwoTrips } from "./in-two-trips.ts";
import { askingAgents, isAssigned, questionOf, surroundingsOf, type AskingAgent } from "./read-surroundings.ts";
import { lockNameOf } from "./usage.ts";

export type { CheckedCall } from "./decision-record.ts";

interface WaitingCheck extends Check {
  bundle: Bundle;
  now: Date;
}

/** Whoever decides for an agent locks its counters: a second group would mostly wait for the first, and be smaller for it. */
const CHECKS_AT_ONCE = 1;
/** While one group is stored, the questions of the next are read: with larger ones each would wait for the other. */
const MOST_TOGETHER = 16;
const check = inGroups<WaitingCheck, CheckedCall | Refusal>({
  weigh: () => 1, atOnce: CHECKS_AT_ONCE, worthwhile: 1, most: MOST_TOGETHER, gathersTurn: true, work: checkTogether,
  isOfAll: (error) => isDatabaseUnavailable(error),
});

/**
 * The same call, asked again, gets the same record: a decision is about one (agent, conversation, tool call, tool, arguments). A held call that was
 * approved meanwhile is decided anew and goes ahead once. Throws `NotPermitted`, `BadInput` for arguments that cannot be kept as they are, `Conflict` when
 * the same call was asked about for somebody else, and `Unavailable` when the database is away: then the answer is no.
 */
export async function checkCall(actor: Actor, call: GateCall, bundle: Bundle, now = new Date()): Promise<CheckedCall> {
  const answer = may(actor, "gate:ask", call.agentId);
  if (!answer.ok) throw new NotPermitted(answer.reason);
  const fault = faultOfInput(call.input);
  if (fault !== null) throw new BadInput(fault);
  const digest = inputDigest(call.input);
  try {
    const checked = await check({ actor, call, bundle, digest, now });
    if (checked instanceof Error) throw checked;
    return checked;
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw new Unavailable("The database cannot be reached, so nothing is permitted; ask again in a moment.", { cause: error });
    throw error;
  }
}

async function checkTogether(checks: readonly WaitingCheck[]): Promise<(CheckedCall | Refusal)[]> {
  const now = checks.map((one) => one.now).reduce((a, b) => (a > b ? a : b));
  const answers = await checkInTwoTrips(checks, now);
  const others = checks.filter((one) => !answers.has(one));
  if (others.length > 0) for (const [one, answer] of await checkAtLength(others, now)) answers.set(one, answer);
  return checks.map((one) => {
    const answer = answers.get(one);
    if (!answer) throw new Error("a call was not decided");
    return answer;
  });
}

/** Leaves out what takes more than to be decided and recorded: a hold, an approval, a task that a rollout assigned, a version that changed in this moment. */
async function checkInTwoTrips(checks: readonly WaitingCheck[], now: Date): Promise<CheckAnswers> {
  const agents = await askingAgents(checks);
  const decisions = checks.map(({ call, digest }) => [call.agentId, call.conversationId, call.toolCallId, call.tool, digest] as const);
  return inTwoTrips<GateRead, CheckAnswers>({
    // The lock of the counters comes before the look at what was decided: so no call is decided twice.
    locks: [...agents.keys()].map(lockNameOf),
    read: gateRead({ ...questionOf(agents, now), decisions, keys: [] }),
    decide: ([read]) => {
      if (!read) throw new Error("the gate read nothing");
      const { answers, rows, cuts, entries, usages } = decideAll(checks, agents, read, now);
      if (rows.length + cuts.length === 0) return { write: null, result: answers };
      const events = [{ kind: "decisions.made", subject: "", agentId: new Set(rows.map((row) => row.agent_id)).size === 1 ? (rows[0]?.agent_id ?? null) : null }];
      return { write: gateWrite("check", { usages, actions: [], decisions: rows, cuts, entries, events }, now), result: answers };
    },
  });
}

function decideAll(checks: readonly WaitingCheck[], agents: ReadonlyMap<string, AskingAgent>, read: GateRead, now: Date) {
  const surroundings = surroundingsOf(agents, read);
  const known = new Map(read.decisions.map((row) => [keyOfDecision(row), row]));
  const isOfRollout = isAssigned(read);
  const answers: CheckAnswers = new Map();
  /** Decided in this group. */
  const made = new Map<string, MadeCheck>();
  const rows: DecisionRow[] = [];
  const cuts: CutRow[] = [];
  const entries: LogRecord[] = [];
  for (const one of checks) {
    const key = keyOfCheck(one);
    const around = surroundings.get(one.call.agentId);
    const before = known.get(key);
    if (!around || isOfRollout(one.call) || (before && before.action_id !== null)) continue;
    const twin = made.get(key);
    if (twin) answers.set(one, faultOfRepeat(one.call, twin.subject) ?? twin.answer);
    else if (before) {
      const answer = faultOfRepeat(one.call, before) ?? answerFromRecord(one, before, around, now);
      if (!(answer instanceof Error)) cuts.push(...cutsMade(answer, one, around.bundle, now));
      answers.set(one, answer);
    }
    if (twin || before) continue;
    const decided = decideWithin(one.call, around, now);
    if (decided.answer.decision === "hold") continue;
    if (decided.answer.decision === "permit") around.usage.add(countedOf(one.call, around.rules), now);
    const evaluationId = newId("gd");
    rows.push(rowOf(evaluationId, one, decided, null, now));
    cuts.push(...cutsMade(decided.answer, one, around.bundle, now));
    entries.push(...entriesOf(evaluationId, one, decided, null, now));
    const answer = { ...decided.answer, evaluationId, inputDigest: one.digest, approval: null };
    made.set(key, { subject: subjectOf(one.call), answer });
    answers.set(one, answer);
  }
  return { answers, rows, cuts, entries, usages: [...surroundings.values()].map(({ usage }) => usage) };
}
