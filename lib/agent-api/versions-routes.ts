// How do pipelines register what an agent is made of?

import { z } from "zod";
import { registerVersion, registrationSchema } from "../operations/versions.ts";
import { listVersions } from "../queries/versions.ts";
import { agentInPath, agentParams } from "./agents-routes.ts";
import { route } from "./route.ts";

const tag = "Versions";
const version = z.object({ id: z.string(), number: z.int(), fingerprint: z.string(), label: z.string().nullable() });

export const versionsRoutes = [
  route({
    method: "post", path: "/v1/agents/{agent}/versions", tag, summary: "Register a version",
    description: "Safe to repeat: an equal manifest is the same version. A new one opens a change, whose class and obligations follow from the re-review policy. Its authors never approve it: whom `author` names, whoever sends it, and the person who made the key that does.",
    needs: "version:register", about: agentInPath, params: agentParams, body: registrationSchema.omit({ agentId: true, source: true, isRetroactive: true }),
    bodyExample: {
      manifest: {
        label: "1.4.2", model: { provider: "openai", name: "gpt-5.4", parameters: { temperature: 0 } }, prompt: "You handle refunds.",
        tools: [{ name: "refund_payment", description: "Refunds a payment.", inputSchema: { type: "object", properties: { orderId: { type: "string" } } }, effect: "write", system: "stripe" }],
      },
      sourceRef: "shop/refund-bot#318", reason: "Answers in the customer's language.", author: "dana@example.com",
    },
    success: {
      status: 201, description: "Registered (201), or known already (200).",
      schema: z.object({ version, isNew: z.boolean(), change: z.object({ id: z.string(), state: z.string(), class: z.string() }).nullable() }),
    },
    handle: async ({ actor, params, body, now }) => {
      const registered = await registerVersion(actor, { ...body, agentId: params.agent, source: "api", isRetroactive: false }, now);
      return { status: registered.isNew ? 201 : 200, body: registered };
    },
  }),
  route({
    method: "get", path: "/v1/agents/{agent}/versions", tag, summary: "List versions", needs: "agent:read", about: agentInPath, params: agentParams,
    query: z.object({ below: z.coerce.number().int().positive().optional().describe("The lowest number of the page before.") }),
    success: { status: 200, description: "Up to 50 versions, the newest first.", schema: z.object({ versions: z.array(z.record(z.string(), z.unknown())), hasMore: z.boolean() }) },
    handle: async ({ params, query, now }) => {
      const { rows, hasMore } = await listVersions(params.agent, query.below ?? null, now);
      return { status: 200, body: { versions: rows, hasMore } };
    },
  }),
];
