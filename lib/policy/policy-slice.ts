// On which part of a policy does a call of one tool depend? The policies whose scope names it, and what of the call these look at: the
// decision is the same as by all of it, and takes a fraction of the time.

import type { Context } from "./cedar.ts";
import { readTogether, type ContextReads } from "./context-reads.ts";
import { schemaReading, type EngineSchema, type ToolType } from "./policy-schema.ts";
import type { PreparedPolicy } from "./prepare-policy.ts";
import type { PolicyRule } from "./read-policy-rule.ts";

/** What the engine keeps parsed under one name. */
export interface EngineSet {
  texts: Readonly<Record<string, string>>;
}

export interface PolicySlice {
  all: EngineSet;
  /** Without those that only ask: what it refuses, no approval could permit. */
  plain: EngineSet;
  schema: EngineSchema;
  reads: ContextReads;
}

interface Slices {
  byTool: Map<string, PolicySlice>;
  /** Tools of which the same policies speak share what the engine keeps. */
  sets: Map<string, EngineSet>;
}

const slicesOf = new WeakMap<PreparedPolicy, Slices>();

/**
 * Sound because a policy whose scope does not match a request is neither satisfied nor in error, whatever its conditions say (Cedar,
 * "Authorization algorithm"; policy slicing in Cutler et al., OOPSLA 2024, §3.4), and because an attribute that none looks at cannot matter.
 */
export function sliceFor(policy: PreparedPolicy, tool: ToolType): PolicySlice {
  const slices = slicesOf.get(policy) ?? { byTool: new Map(), sets: new Map() };
  slicesOf.set(policy, slices);
  const known = slices.byTool.get(tool.name);
  if (known) return known;
  const rules = [...policy.rules.values()].filter(({ actions }) => actions === null || actions.has(tool.name));
  const reads = readTogether(rules.map((rule) => rule.reads));
  const slice = {
    all: sharedSet(slices, rules), plain: sharedSet(slices, rules.filter(({ asks }) => !asks)), schema: schemaReading(tool, reads), reads,
  };
  slices.byTool.set(tool.name, slice);
  return slice;
}

function sharedSet({ sets }: Slices, rules: readonly PolicyRule[]): EngineSet {
  const key = JSON.stringify(rules.map(({ id }) => id));
  const known = sets.get(key);
  if (known) return known;
  const set = { texts: Object.fromEntries(rules.map(({ id, text }) => [id, text])) };
  sets.set(key, set);
  return set;
}

/** Whatever a call says, such a slice answers the same. */
export const looksAtNothing = ({ reads }: PolicySlice): boolean => reads.facts?.size === 0 && reads.args?.size === 0;

/** Of a whole context what is looked at. */
export function contextFor({ reads }: PolicySlice, facts: Context, input: Context): Context {
  const seen = picked(input, reads.args);
  return { ...picked(facts, reads.facts), ...(reads.args?.size === 0 ? {} : { input: seen }) };
}

const picked = (values: Context, names: ReadonlySet<string> | null): Context => (names === null ? values : Object.fromEntries([...names].flatMap((name) => (Object.hasOwn(values, name) ? [[name, values[name]]] : []))) as Context);
