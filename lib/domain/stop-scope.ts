// What does a kill switch cover, and how is that written in an address and said in words?

import { CONTROL_TIERS } from "./authority-level.ts";

export const STOP_SCOPES = ["fleet", "tier", "agent", "version", "tool"] as const;
export type StopScope = (typeof STOP_SCOPES)[number];

export interface ScopedStop {
  scope: StopScope;
  /** Agent id, tier, version id, or `agent/tool`; empty for the fleet. */
  target: string;
}

/** What decides whether an agent is covered. */
export interface CoveredAgent {
  id: string;
  tier: number | null;
  currentVersionId: string | null;
}

export const isStopScope = (value: unknown): value is StopScope => (STOP_SCOPES as readonly unknown[]).includes(value);

/** An agent without a tier counts as tier 0. */
export const tierOf = (agent: Pick<CoveredAgent, "tier">): string => String(agent.tier ?? 0);

/** `agent/tool`: ids of agents hold no slash, names of tools may. */
export function splitTool(target: string): { agentId: string; tool: string } | null {
  const at = target.indexOf("/");
  return at < 1 || at === target.length - 1 ? null : { agentId: target.slice(0, at), tool: target.slice(at + 1) };
}

/** The sentence that says what is wrong with a scope; null when it can be stored. */
export function faultOfScope({ scope, target }: ScopedStop): string | null {
  if (scope === "fleet") return target === "" ? null : "The fleet has no target.";
  if (scope === "tier") return CONTROL_TIERS.some((tier) => String(tier) === target) ? null : "A tier is 0, 1 or 2.";
  if (target.trim() === "") return `Which ${scope}?`;
  return scope === "tool" && splitTool(target) === null ? "A tool is named agent/tool." : null;
}

/** Reads `agent:refund-bot`, `tier:2`, `tool:refund-bot/refund_create`, `version:av_…` and `fleet`; null when it is none of them. */
export function parseStopScope(text: string): ScopedStop | null {
  const at = text.indexOf(":");
  const scope = at < 0 ? text : text.slice(0, at);
  if (!isStopScope(scope)) return null;
  const stop = { scope, target: at < 0 ? "" : text.slice(at + 1) };
  return stop.target.length > 300 || faultOfScope(stop) !== null ? null : stop;
}

export const writeStopScope = ({ scope, target }: ScopedStop): string => (scope === "fleet" ? "fleet" : `${scope}:${target}`);

/** The agent that a stop is about, where its target names one; a version's agent stands in the database. */
export const agentInScope = ({ scope, target }: ScopedStop): string | null =>
  scope === "agent" ? target : scope === "tool" ? (splitTool(target)?.agentId ?? null) : null;

/** A tool's stop covers its agent, whose level stays. */
export function stopCovers(stop: ScopedStop, agent: CoveredAgent): boolean {
  if (stop.scope === "fleet") return true;
  if (stop.scope === "tier") return stop.target === tierOf(agent);
  if (stop.scope === "version") return stop.target === agent.currentVersionId;
  return agentInScope(stop) === agent.id;
}

/** As an object in a sentence: "the whole fleet", "tier 2", "refund-bot". `version` names a version where it is known. */
export function stopName({ scope, target }: ScopedStop, version?: { agentId: string; number: number } | null): string {
  if (scope === "fleet") return "the whole fleet";
  if (scope === "tier") return `tier ${target}`;
  if (scope === "version") return version ? `version ${version.number} of ${version.agentId}` : "a version";
  const tool = scope === "tool" ? splitTool(target) : null;
  return tool ? `${tool.tool} of ${tool.agentId}` : target;
}
