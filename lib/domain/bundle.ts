// What does an enforcement point need to know to decide by itself? Its agent's bundle: authority, stops and tools as of one epoch.

import { z } from "zod";
import { AUTHORITY_LEVELS } from "./authority-level.ts";
import { TOOL_EFFECTS } from "./manifest.ts";
import { STOP_SCOPES } from "./stop-scope.ts";

/** So long a point may go on without hearing from Holdpoint; then it closes by itself. */
export const LEASE_MS = 10_000;
/** How often a point says which epoch it applies, and gets its lease anew. */
export const CONFIRM_EVERY_MS = 3_000;

/** The agent on which the stop path is exercised; no agent that somebody creates can have this id, because it holds a colon. */
export const PROBE_AGENT_ID = "holdpoint:probe";
export const PROBE_TOOL = "probe_write";

const bundleStopSchema = z.object({
  id: z.string(),
  scope: z.enum(STOP_SCOPES),
  /** Agent id, tier, version id, or `agent/tool`; empty for the fleet. */
  target: z.string(),
});
export type BundleStop = z.infer<typeof bundleStopSchema>;

/**
 * Says nothing about when it was made, so that it is a function of the stored state alone. Unknown members are kept out: a point that does
 * not understand a member must not go on as if it were not there, so a member that restricts needs a new `format`.
 */
export const bundleSchema = z.strictObject({
  format: z.literal(2),
  agentId: z.string(),
  /** The size of the log that this bundle takes into account: all stops that were stored up to there are in it. It never falls. */
  epoch: z.int().nonnegative(),
  authority: z.strictObject({
    /** Without the stops, which stand beside it. */
    level: z.enum(AUTHORITY_LEVELS),
    source: z.string(),
    /** Follows "because". */
    because: z.string(),
  }),
  version: z.strictObject({ id: z.string(), number: z.int(), fingerprint: z.string() }).nullable(),
  /** Only those that cover this agent or one of its tools. */
  stops: z.array(bundleStopSchema),
  /** Of the current version. */
  tools: z.record(z.string(), z.strictObject({ effect: z.enum(TOOL_EFFECTS), hasCompensation: z.boolean() })),
  /** The policy text of the current version, by the content address of its component; null when there is none. Holdpoint itself applies it. */
  policy: z.strictObject({ digest: z.string() }).nullable(),
});
export type Bundle = z.infer<typeof bundleSchema>;
