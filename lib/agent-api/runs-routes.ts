// How does a system that learns the outcome later say so?

import { z } from "zod";
import { outcomeSchema, recordOutcome } from "../operations/run-outcome.ts";
import { route } from "./route.ts";

export const runsRoutes = [
  route({
    method: "post", path: "/v1/runs/{run}/outcome", tag: "Runs", summary: "Record a run's outcome",
    description: "`run` is Holdpoint's id, or the conversation id or trace id under which you know it. Safe to repeat; another outcome replaces the one before and both stay in the log.",
    needs: "outcome:record", about: "each", params: z.object({ run: z.string().min(1).max(300) }), body: outcomeSchema,
    bodyExample: { outcome: "success", record: { type: "ticket", id: "T-1042" } },
    success: { status: 200, description: "Recorded.", schema: z.object({ runId: z.string(), agentId: z.string(), outcome: z.string() }) },
    handle: async ({ actor, params, body, now }) => ({ status: 200, body: await recordOutcome(actor, params.run, body, now) }),
  }),
];
