// How is a kill switch engaged by code, and which are engaged? Releasing takes two persons and is done in the console.

import { z } from "zod";
import { STOP_SCOPES } from "../domain/stop-scope.ts";
import { engageStop, stopSchema } from "../operations/stops.ts";
import { getBlastRadius, listEngagedFor } from "../queries/stops.ts";
import { visibleAgents } from "./agents-routes.ts";
import { route } from "./route.ts";

const tag = "Stops";

const engagedStop = z.object({
  id: z.string(), scope: z.enum(STOP_SCOPES), target: z.string(), name: z.string().describe("In words."), reason: z.string().nullable(), engagedBy: z.string(), engagedAt: z.string(),
  release: z.object({ askedBy: z.string(), reason: z.string(), askedAt: z.string() }).nullable().describe("Asked for by one person; a second one has to release."),
});

export const stopsRoutes = [
  route({
    method: "get", path: "/v1/stops", tag, summary: "List engaged kill switches", needs: "authority:read", about: "each",
    success: { status: 200, description: "Those that cover an agent of the key, the newest first.", schema: z.object({ stops: z.array(engagedStop) }) },
    handle: async ({ actor }) => {
      const stops = await listEngagedFor(visibleAgents(actor));
      return {
        status: 200,
        body: {
          stops: stops.map(({ id, scope, target, name, reason, engagedBy, engagedAt, release }) => ({
            id, scope, target, name, reason, engagedBy, engagedAt, release: release && { askedBy: release.askedBy, reason: release.reason, askedAt: release.askedAt },
          })),
        },
      };
    },
  }),
  route({
    method: "post", path: "/v1/stops", tag, summary: "Engage a kill switch",
    description: "For a person's own key. The stop is stored, and agents that ask for their authority are refused from then on; that is all the answer says. Asked for twice, the same stop is found.",
    needs: "stop:engage", about: "each", body: stopSchema, bodyExample: { scope: "agent", target: "refund-bot", reason: "It refunds twice." },
    success: { status: 200, description: "Stored.", schema: z.object({ stopId: z.string(), agents: z.int().describe("How many agents it covers now."), activeRuns: z.int().describe("Runs of theirs that were seen working in the last 5 minutes.") }) },
    handle: async ({ actor, body, now }) => {
      const { stopId } = await engageStop(actor, body, now);
      const { agents, activeRuns } = await getBlastRadius(body, now);
      return { status: 200, body: { stopId, agents, activeRuns } };
    },
  }),
];
