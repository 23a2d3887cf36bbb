// May this tool call go ahead? The same function decides in the server and in every enforcement point.

import { allApprovers, fewestPersons } from "./approval-ask.ts";
import type { AuthorityLevel } from "./authority-level.ts";
import type { Bundle, BundleStop } from "./bundle.ts";
import type { GateDecision } from "./gate-decision.ts";
import type { ToolEffect } from "./manifest.ts";
import type { PolicyVerdict } from "./policy-verdict.ts";
import { splitTool, stopName } from "./stop-scope.ts";
import { stricterEffect } from "./stricter-effect.ts";

export const GATE_REASONS = [
  "permitted", "no_lease", "kill_switch", "tool_stopped", "run_cut", "tool_unknown", "authority", "needs_person", "no_compensation", "policy", "policy_error", "policy_unread", "approved", "task_limit",
] as const;
export type GateReason = (typeof GATE_REASONS)[number];

export interface GateAnswer {
  decision: GateDecision;
  reason: GateReason;
  /** For people, and for the agent that asks. */
  sentence: string;
  /** A denied call that is to be recorded as what the agent would have done. */
  isRecommendation: boolean;
  /** The stop that refuses, or that cut the run, for the evidence. */
  stopId: string | null;
  /** Of the bundle that was applied; null when there was none. */
  epoch: number | null;
  /** Ids of the policies that decided. */
  policies: readonly string[];
  /** All whom a held call asks, of several policies each its own; empty: whoever may approve actions. */
  approvers: readonly string[];
  /** The fewest that can be enough, each another person. 0 where nobody is asked. */
  approvalsNeeded: number;
}

interface GateRequest {
  tool: string;
  /** A person approved exactly these arguments. */
  isApproved?: boolean;
  /** As the caller knows it. Counts where it is stricter than what the version declares; the policy goes by what is declared. */
  effect?: ToolEffect | undefined;
  /** The stop that cut the run of this call, and was released since; its runs stay cut until a person lets them go on. */
  cutBy?: string | null;
}

/** What a point knows when it is asked. */
export interface GateKnowledge {
  /** The newest one that was verified; null before the first. */
  bundle: Bundle | null;
  /** Null: the lease has run out, or there never was one. */
  leaseUntilMs: number | null;
  /** The lease ran out by itself, and whoever set up this point lets it read on. */
  readsWithoutLease?: boolean;
  /** What the policy says to this call; left out where no policy engine is at hand. Asked only when nothing before it refuses. */
  policy?: (tool: string) => PolicyVerdict;
}

type Row = Readonly<Record<ToolEffect, GateDecision | "recommend" | "compensated">>;

const RUN_CUT = "A kill switch cut this run. Its release starts nothing again: begin a new run, or ask a person to let the runs go on that it cut.";

/** The table of authority level × tool effect. */
const TABLE: Readonly<Record<AuthorityLevel, Row>> = {
  stopped: { read: "deny", write: "deny", irreversible: "deny" },
  shadow: { read: "permit", write: "recommend", irreversible: "recommend" },
  assisted: { read: "permit", write: "hold", irreversible: "hold" },
  partial: { read: "permit", write: "permit", irreversible: "hold" },
  bounded: { read: "permit", write: "permit", irreversible: "compensated" },
};

/**
 * Lease, kill switches, what they cut, authority × effect, policy, obligations, in this order; whatever comes first refuses. Fails closed: without a bundle,
 * without a lease, for a tool that the current version does not declare. Only reading can go on without a lease, where the point was set up so and
 * nothing in its bundle would refuse or hold it. `nowMs` is on the clock of `leaseUntilMs`.
 */
export function decideGate({ tool, isApproved = false, effect, cutBy = null }: GateRequest, { bundle, leaseUntilMs, readsWithoutLease = false, policy }: GateKnowledge, nowMs: number): GateAnswer {
  if (bundle === null || leaseUntilMs === null || !(nowMs < leaseUntilMs)) {
    const read = bundle !== null && readsWithoutLease ? decideRead({ tool, effect, cutBy }, bundle) : null;
    return read ?? answer(bundle, "deny", "no_lease", "This enforcement point has not heard from Holdpoint for too long and has closed by itself.");
  }
  const stopped = refusedByStop({ tool, cutBy }, bundle);
  if (stopped) return stopped;
  const known = declaredIn(bundle, tool);
  if (bundle.authority.level === "stopped") return answer(bundle, "deny", "authority", `${bundle.agentId} may do nothing because ${bundle.authority.because}.`);
  if (!known) return answer(bundle, "deny", "tool_unknown", `The current version of ${bundle.agentId} declares no tool of this name.`);
  const counted = stricterEffect(known.effect, effect);
  const byTable = decideByTable(bundle, { ...known, effect: counted });
  const isPlainWrite = counted === "write" && known.effect === "write";
  const decided = byTable.decision === "deny" || bundle.policy === null ? byTable : underPolicy(byTable, policy?.(tool) ?? null, { level: bundle.authority.level, isPlainWrite });
  return isApproved && isHeldByTable(decided) ? approved(decided) : decided;
}

function refusedByStop({ tool, cutBy }: { tool: string; cutBy: string | null }, bundle: Bundle): GateAnswer | null {
  const stop = bundle.stops.find(({ scope }) => scope !== "tool");
  if (stop) return { ...answer(bundle, "deny", "kill_switch", `A kill switch is engaged: ${covered(stop, bundle)} is stopped.`), stopId: stop.id };
  const toolStop = bundle.stops.find(({ scope, target }) => scope === "tool" && splitTool(target)?.tool === tool);
  if (toolStop) return { ...answer(bundle, "deny", "tool_stopped", `A kill switch is engaged: ${tool} of ${bundle.agentId} is stopped.`), stopId: toolStop.id };
  return cutBy === null ? null : { ...answer(bundle, "deny", "run_cut", RUN_CUT), stopId: cutBy };
}

const declaredIn = ({ tools }: Bundle, tool: string) => (Object.hasOwn(tools, tool) ? tools[tool] : undefined);

/** Null: it does more than read, or it is not plainly permitted. A policy that only Holdpoint reads permits nothing here. */
function decideRead({ tool, effect, cutBy = null }: GateRequest, bundle: Bundle): GateAnswer | null {
  const known = declaredIn(bundle, tool);
  if (!known || stricterEffect(known.effect, effect) !== "read") return null;
  const last = decideGate({ tool, cutBy }, { bundle, leaseUntilMs: Infinity }, 0);
  return last.decision === "permit" ? { ...last, sentence: "This enforcement point has not heard from Holdpoint for too long; reading goes on by what it heard last." } : null;
}

/** What a policy holds, its own words lift: it is asked again with the approval among its facts. */
const isHeldByTable = ({ decision, reason }: GateAnswer): boolean => decision === "hold" && (reason === "needs_person" || reason === "no_compensation");

const approved = (held: GateAnswer): GateAnswer => ({ ...held, decision: "permit", reason: "approved", sentence: "Approved by a person, for exactly these arguments.", approvers: [], approvalsNeeded: 0 });

/**
 * The stricter of the two, but for one case: a hold of the table is lifted at `assisted`, for a write, declared and no more than that, which a
 * policy permits as low risk.
 * Limits that a person may lift are policies that ask; a plain forbid is a denial at every level.
 */
function underPolicy(byTable: GateAnswer, verdict: PolicyVerdict | null, { level, isPlainWrite }: { level: AuthorityLevel; isPlainWrite: boolean }): GateAnswer {
  if (verdict === null) return { ...byTable, decision: "hold", reason: "policy_unread", sentence: "A policy applies to this call, and only Holdpoint itself can read it: ask the gate.", approvalsNeeded: 1 };
  const policies = verdict.policies.map(({ id }) => id);
  const byPolicy: GateAnswer = {
    ...byTable, decision: verdict.decision, reason: verdict.error === undefined ? "policy" : "policy_error", sentence: verdict.sentence, policies,
    ...(verdict.decision === "hold" ? { approvers: allApprovers(verdict.asks), approvalsNeeded: Math.max(1, fewestPersons(verdict.asks)) } : { approvers: [], approvalsNeeded: 0 }),
  };
  if (verdict.decision !== "permit") return byPolicy;
  const isLowRiskWrite = verdict.isLowRisk && level === "assisted" && isPlainWrite && byTable.reason === "needs_person";
  return byTable.decision === "hold" && isLowRiskWrite ? byPolicy : { ...byTable, policies };
}

function decideByTable(bundle: Bundle, { effect, hasCompensation }: { effect: ToolEffect; hasCompensation: boolean }): GateAnswer {
  const { level, because } = bundle.authority;
  const rule = TABLE[level][effect];
  const may = `At ${level}, ${effect === "read" ? "reading" : effect === "write" ? "a write" : "what cannot be undone"}`;
  if (rule === "permit") return answer(bundle, "permit", "permitted", `${may} is permitted.`);
  if (rule === "compensated") {
    return hasCompensation
      ? answer(bundle, "permit", "permitted", `${may} is permitted, because a compensation stands behind it.`)
      : answer(bundle, "hold", "no_compensation", `${may} waits for a person, because no compensation stands behind it.`);
  }
  if (rule === "hold") return answer(bundle, "hold", "needs_person", `${may} waits for a person.`);
  const refused = answer(bundle, "deny", "authority", `${may} is not permitted; ${bundle.agentId} is at ${level} because ${because}.`);
  return rule === "recommend" ? { ...refused, isRecommendation: true } : refused;
}

function covered(stop: BundleStop, bundle: Bundle): string {
  return stop.scope === "version" && bundle.version ? stopName(stop, { agentId: bundle.agentId, number: bundle.version.number }) : stopName(stop);
}

function answer(bundle: Bundle | null, decision: GateDecision, reason: GateReason, sentence: string): GateAnswer {
  return { decision, reason, sentence, isRecommendation: false, stopId: null, epoch: bundle?.epoch ?? null, policies: [], approvers: [], approvalsNeeded: decision === "hold" ? 1 : 0 };
}
