// What of the stored stops belongs into the bundle of one agent?

import { PROBE_AGENT_ID, PROBE_TOOL, type Bundle, type BundleStop } from "../domain/bundle.ts";
import { stopCovers, type CoveredAgent } from "../domain/stop-scope.ts";
import type { ActiveRehearsal, BundleBase, StopSnapshot } from "../queries/bundle.ts";

/** The probe agent may do what can be done, so that what refuses it is the stop alone. */
export const PROBE_BASE: BundleBase = {
  agent: { id: PROBE_AGENT_ID, tier: null, currentVersionId: null },
  authority: { level: "bounded", source: "probe", because: "the stop path is exercised on it" },
  version: null, tools: { [PROBE_TOOL]: { effect: "write", hasCompensation: false } }, policy: null, asOf: 0, validUntil: null,
};

/** The probe agent is stopped by what exercises the path, and by nothing else. */
export function stopsFor(agent: CoveredAgent, { stops, rehearsals }: Pick<StopSnapshot, "stops" | "rehearsals">): BundleStop[] {
  if (agent.id !== PROBE_AGENT_ID) return stops.filter((stop) => stopCovers(stop, agent));
  return rehearsals.filter(({ kind }) => kind === "standing").map(({ id }) => ({ id, scope: "agent", target: PROBE_AGENT_ID }));
}

export function rehearsalsFor(agent: CoveredAgent, rehearsals: readonly ActiveRehearsal[]): string[] {
  if (agent.id === PROBE_AGENT_ID) return [];
  return rehearsals.filter((rehearsal) => rehearsal.kind === "standing" || stopCovers(rehearsal, agent)).map(({ id }) => id);
}

/** Equal in every process for equal stored state: the epoch is no part of it, and the order of members is that of the schema. */
export const contentOf = (bundle: Bundle): string => JSON.stringify({ ...bundle, epoch: 0 });
