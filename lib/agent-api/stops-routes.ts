// How is a kill switch engaged by code, is it proven, and who releases it? Engaging and releasing is for persons' own keys; a release takes two of them.

import { z } from "zod";
import { databaseNow } from "../database/database-now.ts";
import { onStopPool } from "../database/stop-pool.ts";
import type { Actor } from "../domain/roles.ts";
import { POINT_STATES } from "../domain/stop-proof.ts";
import { STOP_SCOPES } from "../domain/stop-scope.ts";
import { stopHeadline, stopSentence, type ShownProof } from "../domain/stop-words.ts";
import { NotFound } from "../errors.ts";
import { restartRuns } from "../operations/restart-runs.ts";
import { askRelease, engageStop, pointsFirst, releaseReasonSchema, releaseStop, stopSchema } from "../operations/stops.ts";
import { findShownStop } from "../queries/stops-shown.ts";
import { findStop, getBlastRadius, listEngagedFor } from "../queries/stops.ts";
import { visibleAgents } from "./agents-routes.ts";
import { authenticate } from "./authenticate.ts";
import { route } from "./route.ts";

const tag = "Stops";

const stopParams = z.object({ stop: z.string().min(1).max(100).describe("The kill switch's id.") });

const engagedStop = z.object({
  id: z.string(), scope: z.enum(STOP_SCOPES), target: z.string(), name: z.string().describe("In words."), reason: z.string().nullable(), engagedBy: z.string(), engagedAt: z.string(),
  release: z.object({ askedBy: z.string(), reason: z.string(), askedAt: z.string() }).nullable().describe("Asked for by one person; a second one has to release."),
});

const pointOfProof = z.object({
  agentId: z.string(), name: z.string(), state: z.enum(POINT_STATES).describe("`reads_on`: it refuses what changes something, and was set up to go on reading without a lease. `ended`: a person said so since it was last heard."), confirmedAt: z.string().nullable(), lastHeardAt: z.string(), leaseUntil: z.string(), fault: z.string().nullable(), endedAt: z.string().nullable(), endedBy: z.string().nullable(),
});
const proofOfStop = z.object({
  state: z.enum(["stopping", "proven", "not_proven"]), confirmed: z.int(), closed: z.int().describe("With those that are said to have ended."), ended: z.int(), missing: z.int().describe("With those that read on."), readsOn: z.int(), isProbeRefused: z.boolean(), provenAt: z.string().nullable(), elapsedMs: z.int(),
  points: z.array(pointOfProof).describe("Of the key's agents, those that need attention first; the counts speak of all."),
});

const shownStop = engagedStop.extend({
  headline: z.string().describe("What may be said of it now."), sentence: z.string(), releasedBy: z.string().nullable(), releasedAt: z.string().nullable(),
  cutRuns: z.int().describe("Runs of which it refused a call: they stay cut after the release, until somebody asks for the restart."), restartedBy: z.string().nullable(), restartedAt: z.string().nullable(), notProvenAt: z.string().nullable(), proof: proofOfStop.nullable(),
});

function proofFor({ state, confirmed, closed, ended, missing, readsOn, isProbeRefused, provenAt, elapsedMs, points }: ShownProof) {
  const told = points.map((point) => ({ agentId: point.agentId, name: point.name, state: point.state, confirmedAt: point.confirmedAt, lastHeardAt: point.lastHeardAt, leaseUntil: point.leaseUntil, fault: point.fault, endedAt: point.endedAt, endedBy: point.endedBy }));
  return { state, confirmed, closed, ended, missing, readsOn, isProbeRefused, provenAt, elapsedMs, points: told };
}

/** A stop that covers none of the key's agents is not there for it. */
async function visibleStop(actor: Actor, stopId: string): Promise<z.infer<typeof shownStop>> {
  const visible = visibleAgents(actor);
  const [shown, covering] = await Promise.all([databaseNow().then((now) => findShownStop(stopId, now, visible)), visible.includes("*") ? null : findStop(stopId, Number.POSITIVE_INFINITY)]);
  if (!shown || (covering && !covering.heard.some((agent) => visible.includes(agent.id)))) throw new NotFound("There is no such kill switch.");
  const { id, scope, target, name, reason, engagedBy, engagedAt, release, releasedBy, releasedAt, cutRuns, restartedBy, restartedAt, notProvenAt, proof } = shown;
  // The sentence names points, which may be those of other agents.
  const sentence = covering ? "" : stopSentence(shown);
  return {
    id, scope, target, name, reason, engagedBy, engagedAt, release: release && { askedBy: release.askedBy, reason: release.reason, askedAt: release.askedAt },
    headline: stopHeadline(shown), sentence, releasedBy, releasedAt, cutRuns, restartedBy, restartedAt, notProvenAt, proof: proof && proofFor(proof),
  };
}

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
    success: { status: 200, description: "Stored.", schema: z.object({ stopId: z.string(), agents: z.int().describe("How many agents it covers now."), activeRuns: z.int().describe("Runs of theirs, of a version only its own, that were seen working in the last 5 minutes.") }) },
    authenticate: (authorization, now) => onStopPool(() => authenticate(authorization, now)),
    handle: ({ actor, body, now }) => onStopPool(async () => {
      const { stopId } = await engageStop(actor, body);
      await pointsFirst();
      const { agents, activeRuns } = await getBlastRadius(body, now);
      return { status: 200, body: { stopId, agents, activeRuns } };
    }),
  }),
  route({
    method: "get", path: "/v1/stops/{stop}", tag, summary: "Read a kill switch and its proof", needs: "authority:read", about: "each", params: stopParams,
    success: { status: 200, description: "How far it is proven at this moment, and who is missing by name.", schema: shownStop },
    handle: async ({ actor, params }) => ({ status: 200, body: await visibleStop(actor, params.stop) }),
  }),
  route({
    method: "post", path: "/v1/stops/{stop}/release-request", tag, summary: "Ask for the release of a kill switch",
    description: "For a person's own key. A second person has to release it.", needs: "stop:release", about: "each", params: stopParams,
    body: z.object({ reason: releaseReasonSchema }), bodyExample: { reason: "The faulty prompt was withdrawn." },
    success: { status: 200, description: "Asked for.", schema: z.object({ askedAt: z.string().describe("Names this request when it is granted.") }) },
    handle: async ({ actor, params, body, now }) => {
      await askRelease(actor, { stopId: params.stop, ...body }, now);
      return { status: 200, body: { askedAt: now.toISOString() } };
    },
  }),
  route({
    method: "post", path: "/v1/stops/{stop}/release", tag, summary: "Release a kill switch that somebody else asked to release",
    description: "For a person's own key, and not that of the person who asked. It permits a restart and causes none: runs that it cut stay cut.", needs: "stop:release", about: "each", params: stopParams,
    body: z.object({ askedAt: z.coerce.date().describe("The request that was read: one that was made since is refused.") }), bodyExample: { askedAt: "2026-11-21T06:40:12.311Z" },
    success: { status: 200, description: "Released.", schema: z.object({ state: z.literal("released") }) },
    handle: async ({ actor, params, body, now }) => {
      await releaseStop(actor, { stopId: params.stop, askedAt: body.askedAt }, now);
      return { status: 200, body: { state: "released" } };
    },
  }),
  route({
    method: "post", path: "/v1/stops/{stop}/restart", tag, summary: "Let the runs go on that a released kill switch cut",
    description: "For a person's own key. A release starts nothing: a run of which the stop refused a call is refused as `run_cut` until this is asked for. New runs do not need it.", needs: "stop:release", about: "each", params: stopParams,
    success: { status: 200, description: "They may go on.", schema: z.object({ state: z.literal("restarted") }) },
    handle: async ({ actor, params, now }) => {
      await restartRuns(actor, { stopId: params.stop }, now);
      return { status: 200, body: { state: "restarted" } };
    },
  }),
];
