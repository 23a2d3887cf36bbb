// How does an enforcement point get its agent's bundle? By a stream that tells it at once, or by asking; and with which key is it signed?

import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { z } from "zod";
import { POINT_KINDS, pointToken } from "../auth/point-token.ts";
import { CONFIRM_EVERY_MS, LEASE_MS, PROBE_AGENT_ID } from "../domain/bundle.ts";
import type { Actor } from "../domain/roles.ts";
import { NotFound, NotPermitted, Unavailable } from "../errors.ts";
import { requireFor } from "./authenticate.ts";
import type { HeldBundle } from "./bundle-cache.ts";
import { HttpRefusal } from "./http-refusal.ts";
import { callerOf } from "./key-cache.ts";
import { route } from "./route.ts";
import { isDatabaseHeard, stopPath } from "./stop-path.ts";

const tag = "Enforcement";

/** PostgreSQL stores no NUL, and a name is read by people. */
export const pointName = z.string().regex(/^[^\p{Cc}]{1,200}$/u, "A name has 1 to 200 characters, none of them a control character.");
export const pointInstance = z.string().max(64).regex(/^\P{Cc}*$/u).default("").describe("Made up anew by each process, and kept through reconnections: of two points of one name each has to confirm a stop.");
export const withoutLease = z.enum(["deny", "permit"]).default("deny").describe("What it does with reading when its lease has run out, as it was set up. A stop that refuses reading too is not proven by the end of the lease of a point that says `permit`.");
const point = z.object({
  agent: z.string().min(1).max(63).describe("The agent whose tool calls it decides."),
  point: pointName.describe("What it calls itself; unique among the points of the agent, and the same after a restart where that is possible."),
  instance: pointInstance,
  kind: z.enum(POINT_KINDS).default("sdk").describe("`probe` is Holdpoint's own."),
  readsWithoutLease: withoutLease,
});

/** Throws `Unavailable` when the key cannot be read: nothing is begun for somebody who may be nobody any more. */
async function surely(authorization: string | null, now: Date, isHeard: boolean): Promise<Actor> {
  const { actor, isUnsure } = await callerOf(authorization, now, isHeard);
  if (isUnsure) throw new Unavailable("The database cannot be reached.");
  return actor;
}

/** Nobody waits for a database that is not heard. */
export const surelyAtOnce = (authorization: string | null, now: Date): Promise<Actor> => surely(authorization, now, isDatabaseHeard());

/** Waits for the key to be read: for what is stored before it is answered anyway. */
export const surelyInTime = (authorization: string | null, now: Date): Promise<Actor> => surely(authorization, now, true);

/** The probe agent is Holdpoint's alone, also for a key that holds for all agents. */
export function requireAgent(actor: Actor, agentId: string): void {
  requireFor(actor, ["gate:ask"], agentId);
  if (agentId === PROBE_AGENT_ID && actor.kind !== "system") throw new NotPermitted("Only Holdpoint itself may ask for its probe.");
}

/** Throws when there is no such agent, and when what is known of it may be out of date. */
export async function heldFor(agentId: string): Promise<HeldBundle> {
  const held = await stopPath().cache.load(agentId);
  if (!held) throw new NotFound(`There is no agent ${agentId}.`);
  if (!isDatabaseHeard()) throw new Unavailable("The database cannot be reached.");
  return held;
}

async function identify(actor: Actor, { agent, point: name, instance, kind, readsWithoutLease }: z.output<typeof point>, now: Date) {
  requireAgent(actor, agent);
  if ((kind === "probe") !== (agent === PROBE_AGENT_ID)) throw new HttpRefusal(400, "bad_input", "Only Holdpoint's own points are probes.");
  const keyId = actor.kind === "key" ? actor.id : null;
  return { agentId: agent, keyId, token: pointToken({ agentId: agent, name, instance, kind, keyId, readsWithoutLease: readsWithoutLease === "permit" }, now) };
}

export const streamRoutes = [
  route({
    method: "get", path: "/v1/stream", tag, summary: "Follow an agent's bundle",
    description: "Server-sent events: `hello` with the token for confirmations, `bundle` at once and whenever it changes, `rehearsal`, `ping` every two seconds with the number of the last event, `bye`. Whoever misses a number reads `GET /v1/bundle`.",
    needs: "gate:ask", about: "each", query: point, authenticate: surelyAtOnce,
    success: { status: 200, description: "text/event-stream" },
    handle: async ({ actor, query, now, outgoing }) => {
      if (!outgoing) throw new HttpRefusal(501, "not_possible", "Streams need a connection of their own.");
      const { agentId, keyId, token } = await identify(actor, query, now);
      const held = await heldFor(agentId);
      if (outgoing.destroyed) return RESPONSE_ALREADY_SENT;
      stopPath().hub.open(outgoing, { agentId, keyId, token, held });
      return RESPONSE_ALREADY_SENT;
    },
  }),
  route({
    method: "get", path: "/v1/bundle", tag, summary: "Read an agent's bundle", description: "For whoever cannot keep a stream, or missed something.",
    needs: "gate:ask", about: "each", query: point, authenticate: surelyAtOnce, isFrequent: true,
    success: {
      status: 200, description: "The bundle as a compact JWS, signed with a key of `GET /v1/keys`, and the drills under way.",
      schema: z.object({ bundle: z.string(), token: z.string(), leaseMs: z.int(), confirmEveryMs: z.int(), rehearsals: z.array(z.string()) }),
    },
    handle: async ({ actor, query, now }) => {
      const { agentId, token } = await identify(actor, query, now);
      const { jws, rehearsals } = await heldFor(agentId);
      return { status: 200, body: { bundle: jws, token, leaseMs: LEASE_MS, confirmEveryMs: CONFIRM_EVERY_MS, rehearsals } };
    },
  }),
  route({
    method: "get", path: "/v1/keys", tag, summary: "Read the keys that Holdpoint signs with", needs: "nothing", about: "nothing",
    success: {
      status: 200, description: "A JSON Web Key Set (RFC 7517, RFC 8037).",
      schema: z.object({ keys: z.array(z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string(), kid: z.string(), use: z.literal("sig"), alg: z.literal("EdDSA") })) }),
    },
    handle: async () => {
      const { keyId, x } = stopPath().key;
      return { status: 200, body: { keys: [{ kty: "OKP", crv: "Ed25519", x, kid: keyId, use: "sig", alg: "EdDSA" }] } };
    },
  }),
];
