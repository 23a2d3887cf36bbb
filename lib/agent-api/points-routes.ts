// What does an enforcement point say that it applies, can that be true, and may it go on deciding?

import { z } from "zod";
import { isPointToken, POINT_KINDS, readPointToken, type PointIdentity } from "../auth/point-token.ts";
import { LEASE_MS, PROBE_AGENT_ID } from "../domain/bundle.ts";
import type { Actor } from "../domain/roles.ts";
import { confirmPoint } from "../operations/confirm-points.ts";
import { HttpRefusal, notAuthenticated } from "./http-refusal.ts";
import { judgeConfirmation } from "./judge-confirmation.ts";
import { leanRoute } from "./route.ts";
import { stopPath } from "./stop-path.ts";
import { heldFor, pointInstance, pointName, requireAgent, surelyAtOnce, withoutLease } from "./stream-routes.ts";

const confirmation = z.object({
  bundle: z.string().max(1_000_000).describe("The one that it applies, as it was received."),
  rehearsals: z.array(z.string().max(100)).max(100).default([]).describe("Drills that it heard of."),
  refusesProbe: z.boolean().default(true).describe("Whether it refuses what its bundle stops: any call, or that of a tool which is stopped by itself."),
  isLeaving: z.boolean().default(false).describe("It closes by itself: the last word before it ends."),
  agent: z.string().min(1).max(63).optional().describe("With an API key instead of the token: whose point it is."),
  point: pointName.optional(),
  instance: pointInstance,
  kind: z.enum(POINT_KINDS).default("sdk"),
  readsWithoutLease: withoutLease,
});

const tokenIn = (authorization: string | null): string => (authorization ?? "").replace(/^Bearer +/i, "");

async function authenticatePoint(authorization: string | null, now: Date): Promise<Actor> {
  const token = tokenIn(authorization);
  if (!isPointToken(token)) return surelyAtOnce(authorization, now);
  const point = readPointToken(token, now);
  if (!point) throw notAuthenticated("This token is forged or has ended; open the stream again.", true);
  // Whether its key still lives is asked with the storing.
  return point.keyId === null
    ? { kind: "system", id: "probe", name: "Holdpoint" }
    : { kind: "key", id: point.keyId, name: point.name, agentIds: [point.agentId], scopes: ["authority"] };
}

interface Said {
  actor: Actor;
  authorization: string | null;
  body: z.output<typeof confirmation>;
  now: Date;
}

function pointOf({ actor, authorization, body: { agent, point: name, instance, kind, readsWithoutLease }, now }: Said): PointIdentity {
  const token = tokenIn(authorization);
  const known = isPointToken(token) ? readPointToken(token, now) : null;
  if (known) return known;
  if (agent === undefined || name === undefined) throw new HttpRefusal(400, "bad_input", "With an API key, `agent` and `point` say whose point it is.");
  if ((kind === "probe") !== (agent === PROBE_AGENT_ID)) throw new HttpRefusal(400, "bad_input", "Only Holdpoint's own points are probes.");
  requireAgent(actor, agent);
  return { agentId: agent, name, instance, kind, keyId: actor.kind === "key" ? actor.id : null, readsWithoutLease: readsWithoutLease === "permit" };
}

/** Answered after it is stored. */
async function answerPoint(said: Said): Promise<{ leaseMs: number; isBehind: boolean }> {
  const { body } = said;
  const { agentId, name, instance, kind, keyId, readsWithoutLease } = pointOf(said);
  const held = await heldFor(agentId);
  const judged = await judgeConfirmation(stopPath(), held, { agentId, ...body });
  const answer = await confirmPoint({ agentId, name, instance, kind, keyId, readsWithoutLease, isLeaving: body.isLeaving, ...judged });
  if (answer === "refused") throw notAuthenticated("The API key of this point was revoked.", true);
  return { leaseMs: answer === "leased" ? LEASE_MS : 0, isBehind: answer === "behind" };
}

export const confirmRoute = leanRoute({
  method: "post", path: "/v1/points/confirm", tag: "Enforcement", summary: "Confirm the bundle that is applied",
  description: "With the token of the stream. The lease counts from the moment at which the point sent the request, on its own monotonic clock; without a lease it permits nothing. Answered after it is stored.",
  needs: "gate:ask", about: "each", body: confirmation, bodyExample: { bundle: "eyJ…", refusesProbe: true }, authenticate: authenticatePoint, isFrequent: true,
  success: { status: 200, description: "`leaseMs` 0: it has to close, and to read the bundle anew.", schema: z.object({ leaseMs: z.int(), isBehind: z.boolean() }) },
  handle: async ({ headers, ...call }) => ({ status: 200, body: await answerPoint({ ...call, authorization: headers.get("authorization") }) }),
});

export const pointsRoutes = [confirmRoute];
