// What is an agent's recipe made of? The manifest that a pipeline registers, and the components it is cut into.

import { z } from "zod";

export const TOOL_EFFECTS = ["read", "write", "irreversible"] as const;
export type ToolEffect = (typeof TOOL_EFFECTS)[number];

export const COMPONENT_KINDS = ["model", "prompt", "tool", "policy", "memory", "escalation", "workflow", "retrieval"] as const;
export type ComponentKind = (typeof COMPONENT_KINDS)[number];

const name = z.string().trim().min(1).max(200);
const json = z.json();
const object = z.record(z.string(), json);

export const modelSchema = z.strictObject({ provider: z.string().max(200).optional(), name, parameters: object.optional() });
export const promptSchema = z.strictObject({ name, text: z.string().max(1_000_000) });
/** `http`: a signed request to this address; `tool`: a handler registered where the agent runs; `manual`: a person, by these instructions. */
export const compensationHookSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("http"), url: z.url({ protocol: /^https?$/ }).max(2_000) }),
  z.strictObject({ kind: z.literal("tool"), tool: name }),
  z.strictObject({ kind: z.literal("manual"), instructions: z.string().trim().min(1).max(4_000), owner: z.string().trim().min(1).max(200) }),
]);
export type CompensationHook = z.infer<typeof compensationHookSchema>;
export const compensationSchema = z.strictObject({ description: z.string().max(2_000), withinHours: z.number().positive().optional(), hook: compensationHookSchema.optional() });
export const toolSchema = z.strictObject({
  name,
  description: z.string().max(100_000).optional(),
  inputSchema: object.default({}),
  outputSchema: object.optional(),
  effect: z.enum(TOOL_EFFECTS),
  /** The external system the tool reaches, for instance `stripe`. */
  system: z.string().max(200).optional(),
  /** Where the arguments say how much money a call moves, so that sums can be limited; `path` is dotted. */
  amount: z.strictObject({ path: z.string().min(1).max(300), unit: z.enum(["minor", "major"]), currency: z.string().regex(/^[A-Z]{3}$/) }).optional(),
  /** How an effect is taken back, for instance by the tool `refund.void` within 24 h. Without a `hook` a person does it by hand. */
  compensation: compensationSchema.optional(),
});
/** `limits` are numbers whose rise loosens the policy; `rules` are sentences that only ever restrict; `cedar` is a policy text, checked against the tools, reviewed, and applied by the gate. */
export const policySchema = z.looseObject({ limits: z.record(z.string(), z.number()).optional(), rules: z.array(z.string()).optional(), cedar: z.string().max(100_000).optional() });
/** When a person must be asked; each rule adds a reason to escalate. */
export const escalationSchema = z.looseObject({ rules: z.array(z.string()).optional() });
export const retrievalSchema = z.looseObject({ name });

const uniqueNames = (items: readonly { name: string }[]): boolean => new Set(items.map((item) => item.name)).size === items.length;

/**
 * The manifest of `POST /v1/agents/{agent}/versions`. `tools` must be there, an agent without tools says `[]`; unknown keys are
 * refused, because a component that is not understood could not be reviewed.
 */
export const manifestSchema = z.strictObject({
  label: z.string().trim().min(1).max(100).optional(),
  model: modelSchema,
  prompt: z.union([
    z.string().max(1_000_000),
    z.array(promptSchema).min(1).max(100).refine(uniqueNames, "two prompts have the same name"),
  ]),
  tools: z.array(toolSchema).max(2_000).refine(uniqueNames, "two tools have the same name"),
  policy: policySchema.optional(),
  memory: json.optional(),
  escalation: escalationSchema.optional(),
  workflow: json.optional(),
  retrieval: z.array(retrievalSchema).max(500).refine(uniqueNames, "two retrieval sources have the same name").optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type ToolComponent = z.infer<typeof toolSchema>;
export type ModelComponent = z.infer<typeof modelSchema>;
export type PromptComponent = z.infer<typeof promptSchema>;
export type Json = z.infer<typeof json>;

/** One piece of a recipe with its content address. `name` tells tools, prompts and sources apart; the other kinds are named like their kind. */
export interface Component {
  kind: ComponentKind;
  name: string;
  /** `sha256:` and 64 hex digits, over the RFC 8785 canonical JSON of `content`. */
  digest: string;
  content: Json;
}

/** A component by its address only, as a version keeps it. */
export type ComponentRef = Pick<Component, "kind" | "name" | "digest">;
