// May this tool call go ahead? Answered from this process's bundles, without asking the database.

import { z } from "zod";
import { decideGate, GATE_DECISIONS, GATE_REASONS } from "../domain/decide-gate.ts";
import { NotFound } from "../errors.ts";
import type { Actor } from "../domain/roles.ts";
import { callerOf } from "./key-cache.ts";
import { route } from "./route.ts";
import { isDatabaseHeard, stopPath } from "./stop-path.ts";
import { requireAgent } from "./stream-routes.ts";

const question = z.object({
  agent: z.object({ id: z.string().min(1).max(63) }),
  tool: z.object({ name: z.string().min(1).max(200) }),
  conversationId: z.string().max(1_000).optional(),
  toolCallId: z.string().max(1_000).optional(),
  input: z.unknown().optional().describe("Accepted and not read: limits that depend on it come with policies."),
});

/** Whose key could not be read anew; the object lives as long as the request. */
const unsure = new WeakSet<Actor>();

async function authenticate(authorization: string | null, now: Date): Promise<Actor> {
  const { actor, isUnsure } = await callerOf(authorization, now, isDatabaseHeard());
  if (!isUnsure) return actor;
  const own = { ...actor };
  unsure.add(own);
  return own;
}

export const gateRoutes = [
  route({
    method: "post", path: "/v1/gate/check", tag: "Enforcement", summary: "May this tool call go ahead?",
    description: "From the agent's authority, the effect of the tool and the kill switches. Whoever gets no answer must not call the tool. Denied as well when this process has not heard from its database for two seconds.",
    needs: "gate:ask", about: "each", body: question, bodyExample: { agent: { id: "refund-bot" }, tool: { name: "refund_create" } }, authenticate, isFrequent: true,
    success: {
      status: 200, description: "The decision, whatever it is. `hold`: a person has to decide.",
      schema: z.object({
        decision: z.enum(GATE_DECISIONS), reason: z.enum(GATE_REASONS), sentence: z.string(), isRecommendation: z.boolean(),
        stopId: z.string().nullable(), epoch: z.int().nullable(),
      }),
    },
    handle: async ({ actor, body }) => {
      const agentId = body.agent.id;
      requireAgent(actor, agentId);
      const { cache } = stopPath();
      const held = cache.read(agentId) ?? (await cache.load(agentId));
      if (!held) throw new NotFound(`There is no agent ${agentId}.`);
      const nowMs = performance.now();
      const isOpen = cache.isFresh(nowMs) && !unsure.has(actor);
      return { status: 200, body: decideGate({ tool: body.tool.name }, { bundle: held.bundle, leaseUntilMs: isOpen ? Infinity : null }, nowMs) };
    },
  }),
];
