// An agent that acts, for tests of actions: its tools move money, a policy asks people about some of it, and its version is approved.

import { prisma } from "../database/database.ts";
import type { Json, Manifest, ToolEffect } from "../domain/manifest.ts";
import type { KeyActor } from "../domain/roles.ts";
import { bundleNow } from "../operations/bundle-now.ts";
import { prepareAction, type Preparation, type PreparedAction } from "../operations/prepare-action.ts";
import { makeAgent, manifest, type MadeAgent } from "./make-agent.ts";

const amount = { path: "amount", unit: "major", currency: "EUR" } as const;
const inputSchema = { type: "object", properties: { amount: { type: "number" }, order: { type: "string" } }, required: ["amount"] };

export const ACTING_POLICY = `
@id("all") permit(principal, action, resource);
@id("no-fortunes") forbid(principal, action == Action::"refund_create", resource) when { context.input.amount.greaterThan(decimal("1000.0")) };
@id("over-100") @decision("require_approval") forbid(principal, action == Action::"refund_create", resource)
  when { context.input.amount.greaterThan(decimal("100.0")) } unless { context has approval && context.approval.granted };
@id("over-500") @decision("require_approval") @approvers("role:business_owner") forbid(principal, action == Action::"refund_create", resource)
  when { context.input.amount.greaterThan(decimal("500.0")) } unless { context has approval && context.approval.granted };`;

export const actingManifest = (changes: Partial<Manifest> = {}, url = "https://payments.example.test/void"): Manifest => manifest({
  tools: [
    { name: "order_get", inputSchema: { type: "object", properties: { order: { type: "string" } } }, effect: "read" },
    { name: "refund_create", inputSchema, effect: "write", amount, compensation: { description: "Void the refund.", withinHours: 24, hook: { kind: "http", url } } },
    { name: "credit_give", inputSchema, effect: "write", amount, compensation: { description: "Take the credit back.", hook: { kind: "tool", tool: "credit_take" } } },
    { name: "credit_take", inputSchema, effect: "write", amount },
    { name: "letter_send", inputSchema: { type: "object", properties: { to: { type: "string" } } }, effect: "write", compensation: { description: "Write another letter." } },
    { name: "payout_send", inputSchema, effect: "irreversible", amount },
  ],
  policy: { cedar: ACTING_POLICY }, ...changes,
});

export interface ActingAgent extends MadeAgent {
  key: KeyActor;
  prepare: (given?: Partial<Asked>) => Promise<PreparedAction>;
}

interface Asked extends Omit<Preparation, "call"> {
  tool: string;
  input: Json;
  conversationId: string;
  toolCallId: string;
  onBehalfOf: string | null;
  segment: string | null;
  effect: ToolEffect;
  key: KeyActor;
}

let asked = 0;

/** At `partial`: what can be undone is permitted, what cannot waits for a person. */
export async function makeActingAgent(changes: Partial<Manifest> = {}, url?: string): Promise<ActingAgent> {
  const agent = await makeAgent({ isApproved: false });
  const { change } = await agent.register(actingManifest(changes, url));
  if (!change) throw new Error("the first version needs a review");
  await agent.approve(change.id);
  await prisma().agent.update({ where: { id: agent.id }, data: { stage: "partial" } });
  const key: KeyActor = { kind: "key", id: `key_${agent.id}`, name: "agent", agentIds: [agent.id], scopes: ["authority"] };
  return {
    ...agent, key,
    prepare: async (given = {}) => {
      const { tool = "refund_create", input = { amount: 20, order: "5512" }, conversationId = "c1", onBehalfOf = null, segment = null, idempotencyKey = `key-${++asked}`, toolCallId = idempotencyKey } = given;
      const bundle = await prisma().$transaction((tx) => bundleNow(tx, agent.id, new Date()));
      const { justification = null, plan = null, compensation = null, reversibleUntil = null, attempt = null } = given;
      return prepareAction(given.key ?? key, { call: { agentId: agent.id, conversationId, toolCallId, tool, input, onBehalfOf, segment, confidence: null, effect: given.effect }, idempotencyKey, justification, plan, compensation, reversibleUntil, attempt }, bundle);
    },
  };
}
