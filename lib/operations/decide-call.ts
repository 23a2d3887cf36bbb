// May this call go ahead, by what is stored at this moment? The gate's decision inside a transaction, with counters that nobody else moves meanwhile.

import type { Transaction } from "../database/database.ts";
import { amountOf, type Amount } from "../domain/amount-of.ts";
import { ANYBODY, type ApprovalAsk } from "../domain/approval-ask.ts";
import type { Bundle } from "../domain/bundle.ts";
import { decideGate, type GateAnswer } from "../domain/decide-gate.ts";
import type { Json, ToolComponent, ToolEffect } from "../domain/manifest.ts";
import type { PolicyVerdict } from "../domain/policy-verdict.ts";
import { isStopScope } from "../domain/stop-scope.ts";
import { stricterEffect } from "../domain/stricter-effect.ts";
import { Unavailable } from "../errors.ts";
import { decideByPolicy } from "../policy/decide-by-policy.ts";
import { hourAndWeekday, type PolicyFacts } from "../policy/policy-facts.ts";
import { loadVersionRules, type VersionRules } from "../database/version-rules.ts";
import { assignedTasks, assignmentsOf, withinTaskLimits, withStops, type AssignedTask, type AssignmentRow } from "./assigned-tasks.ts";
import { cutBy, cutsOf, type Cut, type CutRead } from "./cut-runs.ts";
import { lockUsage, type CountedCall, type Usage } from "./usage.ts";

export interface GateCall {
  agentId: string;
  /** Empty when the caller named none. */
  conversationId: string;
  toolCallId: string;
  tool: string;
  input: Json;
  onBehalfOf: string | null;
  /** Of the people or things that the task is about, as the agent says. */
  segment?: string | null;
  /** 0 to 1, as the agent says. */
  confidence: number | null;
  /** As the agent says; counts where it is stricter than what the version declares. */
  effect?: ToolEffect | undefined;
  approval?: { granted: boolean };
  /** Who asks has another `toolCallId` each time it makes the same call: one that waits for a person is known by its arguments. */
  isNamedAnew?: boolean | undefined;
}

export interface DecidedCall {
  answer: GateAnswer;
  /** What a held call needs; empty otherwise. */
  asks: readonly ApprovalAsk[];
  facts: PolicyFacts;
  policyDigest: string | null;
  versionId: string | null;
  /** The one that counts. Null: the current version declares no such tool. */
  effect: ToolEffect | null;
  compensation: ToolComponent["compensation"] | null;
  amount: Amount | null;
}

/** What the calls of one agent are decided by. */
export interface GateSurroundings {
  bundle: Bundle;
  rules: VersionRules | null;
  usage: Usage;
  /** Of the conversations that a rollout assigned. */
  assigned: ReadonlyMap<string, AssignedTask>;
  /** By conversation: of stops that were released since. */
  cut: ReadonlyMap<string, readonly Cut[]>;
}

/** By which recipe this very call is decided: the current one, or the candidate's when its task was given to the candidate. */
export const armOf = ({ conversationId }: Pick<GateCall, "conversationId">, around: Pick<GateSurroundings, "bundle" | "rules" | "assigned">): Pick<GateSurroundings, "bundle" | "rules"> => around.assigned.get(conversationId)?.candidate ?? around;

/**
 * Reads the stops once more, so that one that was stored a moment ago refuses, and locks the agent's counters until the transaction ends.
 * Throws `Unavailable` when the bundle is of another version than the one that is current now: whoever asked asks again.
 */
export async function lockSurroundings(tx: Transaction, bundle: Bundle, calls: readonly GateCall[], now: Date): Promise<GateSurroundings> {
  const { agentId } = bundle;
  const rules = bundle.version ? await loadVersionRules(tx, bundle.version.id) : null;
  const usage = await lockUsage(tx, agentId, calls.map((call) => countedOf(call, rules)), now);
  const [agent] = await tx.$queryRaw<{ tier: number | null; current_version_id: string | null; stops: { id: string; scope: string; target: string }[] | null; assigned: AssignmentRow[] | null; cut: CutRead[] | null }[]>`
    SELECT tier, current_version_id, (SELECT json_agg(json_build_object('id', id, 'scope', scope, 'target', target) ORDER BY engaged_at, id) FROM stop WHERE released_at IS NULL) AS stops,
      ${assignmentsOf(calls.map(({ conversationId }) => conversationId))} AS assigned,
      (SELECT json_agg(json_build_array(c.agent_id, c.conversation_id, c.tool, c.stop_id)) FROM cut_run c JOIN stop s ON s.id = c.stop_id AND s.released_at IS NOT NULL AND s.restarted_at IS NULL
        WHERE c.agent_id = agent.id AND c.conversation_id = ANY(${calls.map(({ conversationId }) => conversationId)})) AS cut
    FROM agent WHERE id = ${agentId}`;
  if (!agent || agent.current_version_id !== (bundle.version?.id ?? null)) throw new Unavailable("The agent's version changed in this moment; ask again.");
  const covered = { id: agentId, tier: agent.tier, currentVersionId: agent.current_version_id };
  const stops = (agent.stops ?? []).flatMap(({ id, scope, target }) => (isStopScope(scope) ? [{ id, scope, target }] : []));
  const here = withStops(bundle, stops, covered);
  const around = { bundle: here, rules, usage, assigned: await assignedTasks(tx, agent.assigned ?? [], { bundle, stops, covered }), cut: cutsOf(agent.cut ?? []) };
  const isAnyOfCandidate = calls.some((call) => armOf(call, around) !== around);
  // What a call spends is counted by the recipe that it is decided by, and another one may count it otherwise or not at all.
  return isAnyOfCandidate ? { ...around, usage: await lockUsage(tx, agentId, calls.map((call) => countedOf(call, armOf(call, around).rules)), now) } : around;
}

/** Counts nothing: `countCall` does, for what may go ahead. */
export function decideWithin(call: GateCall, around: Omit<GateSurroundings, "usage"> & { usage: Pick<Usage, "factsFor"> }, now: Date): DecidedCall {
  const { usage } = around;
  const { bundle, rules } = armOf(call, around);
  const tool = rules?.tools.get(call.tool) ?? null;
  const counted = countedOf(call, rules);
  const facts: PolicyFacts = {
    ...usage.factsFor(counted, now), ...hourAndWeekday(now), authority: bundle.authority.level,
    ...(call.onBehalfOf === null ? {} : { user: call.onBehalfOf }), ...(call.segment == null ? {} : { segment: call.segment }), ...(call.confidence === null ? {} : { confidence: call.confidence }), ...(call.approval ? { approval: call.approval } : {}),
  };
  let asks: readonly ApprovalAsk[] = [];
  const policy = (name: string): PolicyVerdict => {
    const verdict = rules?.policy && !rules.isUnreadable ? decideByPolicy(rules.policy, { tool: name, input: call.input, facts }) : UNREADABLE;
    ({ asks } = verdict);
    return verdict;
  };
  const decided = decideGate({ tool: call.tool, isApproved: call.approval?.granted === true, effect: call.effect, cutBy: cutBy(around.cut, call) }, { bundle, leaseUntilMs: Infinity, policy }, 0);
  const declared = Object.hasOwn(bundle.tools, call.tool) ? bundle.tools[call.tool] : undefined;
  const answer = withinTaskLimits(decided, around.assigned.get(call.conversationId) ?? null, facts.callsInRun);
  return {
    answer, asks: answer.decision !== "hold" ? [] : asks.length > 0 ? asks : [ANYBODY], facts, policyDigest: rules?.policyDigest ?? null, versionId: bundle.version?.id ?? null,
    effect: declared ? stricterEffect(declared.effect, call.effect) : null,
    compensation: tool?.compensation ?? null, amount: counted.amount,
  };
}

const UNREADABLE: PolicyVerdict = { decision: "deny", policies: [], asks: [], isLowRisk: false, sentence: "The policy of this version cannot be read, so the call is refused.", error: "engine" };

export const countedOf = ({ conversationId, tool, onBehalfOf, input }: GateCall, rules: VersionRules | null): CountedCall => ({ conversationId, tool, onBehalfOf, amount: amountOf(input, rules?.tools.get(tool)?.amount) });

/** One call in a transaction of its own. */
export async function decideCall(tx: Transaction, call: GateCall, bundle: Bundle, now: Date): Promise<DecidedCall> {
  return decideWithin(call, await lockSurroundings(tx, bundle, [call], now), now);
}
