// What can be done about kill switches: engage one, ask for its release, release it as a second person.

import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { agentsInScope } from "../database/agents-in-scope.ts";
import { databaseNow } from "../database/database-now.ts";
import type { Transaction } from "../database/database.ts";
import { stillPermitted } from "../database/still-permitted.ts";
import { loadProofFacts, type ProvableStop } from "../database/stop-points.ts";
import { onEverydayPool, onStopPool } from "../database/stop-pool.ts";
import { ASKED_YOURSELF } from "../domain/release-stop.ts";
import type { Actor } from "../domain/roles.ts";
import { settledProof, stopEvidence } from "../domain/stop-evidence.ts";
import { proveStop } from "../domain/stop-proof.ts";
import { agentInScope, faultOfScope, isStopScope, STOP_SCOPES, type ScopedStop } from "../domain/stop-scope.ts";
import { Conflict, NotFound, NotPossible } from "../errors.ts";
import { followUp } from "../follow-up.ts";
import { newId } from "../new-id.ts";
import { cancelCovered, cancelStopped } from "./cancel-actions.ts";
import { nextEpoch } from "./next-epoch.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";
import { showReleased, showStopped } from "./refresh-stopped.ts";

export const stopSchema = z
  .object({
    scope: z.enum(STOP_SCOPES),
    target: z.string().max(300).default("").describe("Agent id, tier, version id or `agent/tool`; empty for the fleet."),
    reason: z.string().trim().max(1_000).nullable().default(null),
  })
  .superRefine((stop, context) => {
    const fault = faultOfScope(stop);
    if (fault !== null) context.addIssue({ code: "custom", path: ["target"], message: fault });
  });
export type StopInput = z.infer<typeof stopSchema>;

const LEAST_REASON = 5;
export const releaseReasonSchema = z.string("Say why it may be released.").trim().min(LEAST_REASON, "Say why it may be released.").max(1_000);

/** For whom the permission must be held: whoever owns the agent may stop it, its version and its tools. Null where it is a matter of the house. */
export async function agentOf(tx: Transaction, stop: ScopedStop): Promise<string | null> {
  if (stop.scope !== "version") return agentInScope(stop);
  return (await tx.agentVersion.findUnique({ where: { id: stop.target }, select: { agentId: true } }))?.agentId ?? null;
}

/** An engaged stop of this scope; waits for whoever is releasing it, and then does not find it. */
async function lockEngaged(tx: Transaction, { scope, target }: ScopedStop) {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${`stop ${scope} ${target}`}))`;
  const [locked] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM stop WHERE scope = ${scope} AND target = ${target} AND released_at IS NULL ORDER BY engaged_at LIMIT 1 FOR UPDATE`;
  return locked ? tx.stop.findUnique({ where: { id: locked.id } }) : null;
}

/** It runs for some tasks beside the version that is current. */
const isTried = async (tx: Transaction, versionId: string): Promise<boolean> => (await tx.rollout.count({ where: { candidateId: versionId, state: { in: ["running", "paused", "held"] } } })) > 0;

const NOT_RUNNING = "This version is not the one that runs any more. Stop the agent, or the version that is current now.";

/** How many agents are meant. The fleet or a tier may be empty; whatever names an agent has to name one that is here. */
export async function countNamed(tx: Transaction, { scope, target }: ScopedStop): Promise<number> {
  const agents = (await agentsInScope(tx, { scope, target })).length;
  if (agents > 0 || scope === "fleet" || scope === "tier") return agents;
  if (scope === "version" && (await isTried(tx, target))) return 1;
  if (scope === "version" && (await tx.agentVersion.findUnique({ where: { id: target }, select: { id: true } }))) throw new NotFound(NOT_RUNNING);
  throw new NotFound("This names no agent that is here.");
}

const NO_ASK = { releaseAskedBy: null, releaseReason: null, releaseAskedAt: null };

/** Locks no agent, so that nothing that goes on with an agent can hold a stop up. */
const latch = operation({
  kind: "stop.engaged",
  needs: "stop:engage",
  agentOf,
  run: async ({ tx, actor }: Context, { scope, target, reason, engagedAt }: StopInput & { engagedAt: Date | null }) => {
    const engaged = await lockEngaged(tx, { scope, target });
    const detail = { scope, target, by: actor.name, reason };
    if (engaged && engaged.releaseAskedBy === null) return { result: { stopId: engaged.id }, evidence: NOTHING_CHANGED };
    if (engaged) {
      // Who stops what is about to be released wants it stopped: the release has to be asked for anew.
      await tx.stop.update({ where: { id: engaged.id }, data: NO_ASK });
      return { result: { stopId: engaged.id }, evidence: { kind: "stop.engaged_again", subject: engaged.id, agentId: await agentOf(tx, { scope, target }), detail } };
    }
    const epoch = await nextEpoch(tx);
    // After that nothing replaces a version that this names before it is stored.
    const agents = await countNamed(tx, { scope, target });
    const id = newId("st");
    await tx.$executeRaw`INSERT INTO stop (id, scope, target, reason, engaged_by, engaged_at, epoch)
      VALUES (${id}, ${scope}, ${target}, ${reason}, ${actor.name}, coalesce(${engagedAt}::timestamptz, clock_timestamp()), ${epoch})`;
    return { result: { stopId: id }, evidence: { subject: id, agentId: await agentOf(tx, { scope, target }), detail: { ...detail, agents } } };
  },
});

const POINTS_FIRST_MS = 100;

/** What is shown of a stop can wait until the points have heard: it needs the same processor and the same database. */
export const pointsFirst = (): Promise<void> => pause(POINTS_FIRST_MS);

/**
 * Answered when the latch is stored: from then on agents that ask are refused. What waits is cancelled and what lists show follows
 * after the answer. Engaged now by PostgreSQL's clock, as leases are, unless told when. Should the process end before that, the latch itself says what is left to do, and sweeps of every process read it.
 */
export async function engageStop(actor: Actor, input: StopInput, engagedAt: Date | null = null): Promise<{ stopId: string }> {
  const now = engagedAt ?? new Date();
  const result = await onStopPool(() => latch(actor, { ...input, engagedAt }, now));
  followUp(onEverydayPool(() => clearUp({ id: result.stopId, scope: input.scope, target: input.target }, now)));
  return result;
}

async function clearUp(stop: ScopedStop & { id: string }, now: Date): Promise<void> {
  await Promise.all([cancelCovered(stop, now), pointsFirst().then(() => showStopped(stop, now))]);
}

async function lockStop(tx: Transaction, stopId: string) {
  await tx.$executeRaw`SELECT 1 FROM stop WHERE id = ${stopId} FOR UPDATE`;
  const stop = await tx.stop.findUnique({ where: { id: stopId } });
  if (!stop) throw new NotFound("There is no such kill switch.");
  if (stop.releasedAt) throw new Conflict("This kill switch is released already.");
  return stop;
}

export function scopeOf({ scope, target }: { scope: string; target: string }): ScopedStop {
  if (!isStopScope(scope)) throw new Error(`a stop has the unknown scope ${scope}`);
  return { scope, target };
}

export async function agentOfStop(tx: Transaction, { stopId }: { stopId: string }): Promise<string | null> {
  const stop = await tx.stop.findUnique({ where: { id: stopId }, select: { scope: true, target: true } });
  return stop ? agentOf(tx, scopeOf(stop)) : null;
}

export const askRelease = operation({
  kind: "stop.release_asked",
  needs: "stop:release",
  agentOf: agentOfStop,
  run: async ({ tx, actor, now }: Context, { stopId, reason }: { stopId: string; reason: string }) => {
    const stop = await lockStop(tx, stopId);
    if (reason.trim().length < LEAST_REASON) throw new NotPossible("Say why it may be released.");
    await tx.stop.update({ where: { id: stopId }, data: { releaseAskedBy: actor.id, releaseReason: reason.trim(), releaseAskedAt: now } });
    return { result: undefined, evidence: { subject: stopId, agentId: await agentOf(tx, scopeOf(stop)), detail: { scope: stop.scope, target: stop.target, reason: reason.trim() } } };
  },
});

/** Afterwards, since nobody has to give one before. Engaged or released: why it was done stays worth knowing. */
export const giveReason = operation({
  kind: "stop.reason_given",
  needs: "stop:engage",
  agentOf: agentOfStop,
  run: async ({ tx }: Context, { stopId, reason }: { stopId: string; reason: string }) => {
    await tx.$executeRaw`SELECT 1 FROM stop WHERE id = ${stopId} FOR UPDATE`;
    const stop = await tx.stop.findUnique({ where: { id: stopId } });
    if (!stop) throw new NotFound("There is no such kill switch.");
    if (stop.reason === reason) return { result: undefined, evidence: NOTHING_CHANGED };
    await tx.stop.update({ where: { id: stopId }, data: { reason } });
    return { result: undefined, evidence: { subject: stopId, agentId: await agentOf(tx, scopeOf(stop)), detail: { scope: stop.scope, target: stop.target, reason, before: stop.reason } } };
  },
});

interface Release {
  stopId: string;
  /** The moment of the request that was read; another one is refused. */
  askedAt?: Date | undefined;
}

/** How far it had come when it was released: afterwards points go on, and what they say is about something else. */
async function lastProof(tx: Transaction, stop: ProvableStop & { provenAt: Date | null; proof: unknown }) {
  const facts = (await loadProofFacts(tx, [stop])).get(stop.id);
  return facts ? { proof: stopEvidence({ proof: settledProof(proveStop(facts, await databaseNow(tx)), { ...stop, kept: stop.proof }), agents: facts.agents, probeRefusedAt: stop.probeRefusedAt }) } : {};
}

const unlatch = operation({
  kind: "stop.released",
  needs: "stop:release",
  agentOf: agentOfStop,
  run: async ({ tx, actor, now }: Context, { stopId, askedAt }: Release) => {
    const stop = await lockStop(tx, stopId);
    if (!stop.releaseAskedBy) throw new NotPossible("Somebody has to ask for the release first, with a reason.");
    if (stop.releaseAskedBy === actor.id) throw new NotPossible(ASKED_YOURSELF);
    if (askedAt && stop.releaseAskedAt?.getTime() !== askedAt.getTime()) throw new Conflict("The release was asked for anew meanwhile. Read the reason again.");
    const scoped = scopeOf(stop);
    const agentId = await agentOf(tx, scoped);
    if ((await stillPermitted(tx, [stop.releaseAskedBy], "stop:release", agentId, now)).length === 0) throw new NotPossible("Who asked for the release may no longer release. Somebody else has to ask anew.");
    await tx.stop.update({ where: { id: stopId }, data: { releasedBy: actor.name, releasedAt: now, ...(await lastProof(tx, { ...stop, ...scoped })) } });
    return { result: undefined, evidence: { subject: stopId, agentId, detail: { ...scoped, reason: stop.releaseReason } } };
  },
});

/** Permits a restart and causes none: what was running stays as it is, and what waited is cancelled first, should nobody have come to that yet. */
export async function releaseStop(actor: Actor, input: Release, now = new Date()): Promise<void> {
  await cancelStopped(now);
  await unlatch(actor, input, now);
  await showReleased(now);
}
