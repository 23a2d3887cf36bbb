// How long does a decision by a policy text take, beside the bare engine asked the same in the same run?

import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { decideByPolicy, type PolicyCall } from "../lib/policy/decide-by-policy.ts";
import { writePolicyForm, type FormRule } from "../lib/policy/policy-form.ts";
import { schemaReading } from "../lib/policy/policy-schema.ts";
import { preparePolicy, type PreparedPolicy } from "../lib/policy/prepare-policy.ts";
import { printTable } from "./print-table.ts";

const POLICIES = 20;
const WARM_UP = 2_000;
const ROUNDS = 20;
const CALLS_PER_ROUND = 1_000;
const FACTS = { callsInRun: 3, hour: 10, weekday: 2, authority: "partial", spentTodayMinor: 12_000, amountMinor: 10_500, user: "u_42" } as const;

const tools = Array.from({ length: 10 }, (_, index) => ({
  name: `tool_${index}`, effect: "write" as const,
  inputSchema: {
    type: "object", required: ["order", "amount"],
    properties: { order: { type: "string" }, amount: { type: "number" }, currency: { enum: ["EUR", "USD"] }, items: { type: "array", items: { type: "object", properties: { sku: { type: "string" }, count: { type: "integer" } }, required: ["sku"] } } },
  },
}));

function rules(): FormRule[] {
  const names = tools.map(({ name }) => name);
  const ask = { kind: "ask" as const, approvers: ["role:finance"], persons: 1 };
  return [
    { kind: "allow", id: "allow", tools: names, isLowRisk: false }, { kind: "daily_sum", id: "sum", tools: names, maxMinor: 100_000, otherwise: { kind: "refuse" } },
    { kind: "hours", id: "hours", tools: names, fromHour: 6, untilHour: 22, weekdays: [1, 2, 3, 4, 5, 6], otherwise: ask },
    ...Array.from({ length: POLICIES - 3 }, (_, index): FormRule => ({ kind: "limit", id: `limit-${index}`, tool: `tool_${index % tools.length}`, path: ["amount"], bound: { kind: "at_most_decimal", value: 200 + index }, otherwise: ask })),
  ];
}

const callAt = (index: number): PolicyCall => ({
  tool: `tool_${index % tools.length}`, facts: FACTS, input: { order: `A-${index}`, amount: (10_000 + (index % 1_000)) / 100, currency: "EUR", items: [{ sku: "x-1", count: 2 }, { sku: "y-2", count: 1 }] },
});

/** The same call as the engine takes it, made beforehand; nothing is checked and nothing is made of the answer. */
function bareCall({ tool, input, facts }: PolicyCall): cedar.StatefulAuthorizationCall {
  const { amount, ...rest } = input as { amount: number };
  const { hour, weekday, callsInRun, authority, spentTodayMinor, amountMinor, user } = facts;
  return {
    principal: { type: "Agent", id: "self" }, action: { type: "Action", id: tool }, resource: { type: "Tool", id: tool }, preparsedPolicySetId: "bare", preparsedSchemaName: `bare ${tool}`, validateRequest: true, entities: [],
    context: { hour, weekday, callsInRun, authority, effect: "write", ...(spentTodayMinor === undefined ? {} : { spentTodayMinor }), ...(amountMinor === undefined ? {} : { amountMinor }), ...(user === undefined ? {} : { user }), input: { ...rest, amount: { __extn: { fn: "decimal", arg: Number.isInteger(amount) ? `${amount}.0` : String(amount) } } } },
  };
}

function loadBare(policy: PreparedPolicy): void {
  cedar.preparsePolicySet("bare", { staticPolicies: Object.fromEntries([...policy.rules].map(([id, { text }]) => [id, text])) });
  for (const [name, type] of policy.schema.tools) cedar.preparseSchema(`bare ${name}`, schemaReading(type, { facts: null, args: null }).schema);
}

function timesOf(count: number, ask: (index: number) => boolean): number[] {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const startMs = performance.now();
    const isPermitted = ask(index);
    times.push(performance.now() - startMs);
    if (!isPermitted) throw new Error(`call ${index} is not permitted`);
  }
  return times;
}

export async function policy(): Promise<void> {
  const preparation = preparePolicy(writePolicyForm({ items: rules() }), tools);
  if (!preparation.ok) throw new Error(preparation.errors[0]?.message);
  loadBare(preparation.policy);
  const calls = Array.from({ length: CALLS_PER_ROUND }, (_, index) => callAt(index));
  const bareCalls = calls.map(bareCall);
  const byBare = (index: number): boolean => {
    const call = bareCalls[index];
    const answer = call && cedar.statefulIsAuthorized(call);
    return answer?.type === "success" && answer.response.decision === "allow" && answer.response.diagnostics.errors.length === 0;
  };
  const byHoldpoint = (index: number): boolean => decideByPolicy(preparation.policy, calls[index] ?? callAt(index)).decision === "permit";
  const targets = [["bare Cedar", byBare], ["decideByPolicy", byHoldpoint]] as const;
  for (const [, ask] of targets) timesOf(WARM_UP, (index) => ask(index % CALLS_PER_ROUND));
  const times = new Map<string, number[]>();
  // In turns, so that whatever else the machine does falls on both.
  for (let round = 0; round < ROUNDS; round++) for (const [name, ask] of targets) times.set(name, [...(times.get(name) ?? []), ...timesOf(CALLS_PER_ROUND, ask)]);
  const at = (name: string, share: number): number => {
    const sorted = Float64Array.from(times.get(name) ?? []).sort();
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  };
  printTable([["decided by", "p50 ms", "p99 ms", "worst ms"], ...targets.map(([name]) => [name, at(name, 0.5).toFixed(3), at(name, 0.99).toFixed(3), at(name, 1).toFixed(1)])]);
  const change = Math.round((at("decideByPolicy", 0.5) / at("bare Cedar", 0.5) - 1) * 100);
  console.log(`\n${POLICIES} policies, ${tools.length} tools, ${ROUNDS * CALLS_PER_ROUND} calls each. decideByPolicy takes ${Math.abs(change)} % ${change < 0 ? "less" : "longer"} than bare Cedar, which is told everything, at the median.`);
}
