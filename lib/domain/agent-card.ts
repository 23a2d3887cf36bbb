// What must be known of an agent before it may act? The card, as a person fills it in.

import { z } from "zod";
import { REVERSAL_APPROVERS } from "./reversal-approval.ts";

const line = z.string().trim().min(1).max(1_000);
const lines = z.array(line).max(100).default([]);

export const PACT_METRICS = ["success_rate", "escalation_rate", "action_error_rate", "intervention_rate", "cost_per_task", "latency_p95"] as const;

/** A promise that can be measured: rates are shares from 0 to 1, cost is in USD, latency in seconds. */
export const pactClauseSchema = z.strictObject({
  metric: z.enum(PACT_METRICS),
  bound: z.enum(["at_most", "at_least"]),
  value: z.number().nonnegative(),
  windowDays: z.int().min(1).max(90),
});
export type PactClause = z.infer<typeof pactClauseSchema>;

export const agentCardSchema = z.strictObject({
  team: z.string().trim().max(100).default(""),
  purpose: z.string().trim().max(2_000).default(""),
  boundary: z
    .strictObject({ may: lines, mustNever: lines, mustEscalateWhen: lines, doneMeans: lines })
    .default({ may: [], mustNever: [], mustEscalateWhen: [], doneMeans: [] }),
  inputs: lines,
  tools: lines,
  dataSources: lines,
  escalationContact: z.string().trim().max(500).default(""),
  onCallRotation: z.string().trim().max(500).default(""),
  runbook: z.string().trim().max(20_000).default(""),
  monthlyBudget: z.strictObject({ amountMinor: z.int().positive(), currency: z.string().regex(/^[A-Z]{3}$/) }).nullable().default(null),
  pact: z.array(pactClauseSchema).max(50).default([]),
  /** Who has to agree before something is taken back. */
  reversal: z
    .strictObject({
      /** `large`: more than one action, one that stays, or an irreversible one; `every`: also a single action. */
      secondPerson: z.enum(["large", "every"]),
      /** The owner who has to be one of the two; null: anybody who may take actions back. */
      approver: z.enum(REVERSAL_APPROVERS).nullable(),
    })
    .default({ secondPerson: "large", approver: null }),
  /** How this agent's traces are read. */
  reading: z
    .strictObject({
      /** A call of one of these tools means that the run was handed to a person. */
      escalationTools: z.array(z.string().trim().min(1).max(200)).max(50).default(["transfer_to_human_agents"]),
      /** Span attributes that hold a business record, as `attribute` to record type. */
      recordAttributes: z.record(z.string(), z.string()).default({}),
      /** Span attributes by which metrics are also cut. */
      segmentAttributes: z.array(z.string().trim().min(1).max(200)).max(10).default([]),
    })
    .default({ escalationTools: ["transfer_to_human_agents"], recordAttributes: {}, segmentAttributes: [] }),
});
export type ReversalRule = AgentCard["reversal"];
export type AgentCard = z.infer<typeof agentCardSchema>;

export const emptyCard: AgentCard = agentCardSchema.parse({});
