// What can be done about kill switches: engage one, ask for its release, release it as a second person.

import { z } from "zod";
import type { Transaction } from "../database/database.ts";
import { Conflict, NotFound, NotPossible } from "../errors.ts";
import { newId } from "../new-id.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";
import { lockAgent, refreshAuthority } from "./refresh-authority.ts";

export const STOP_SCOPES = ["fleet", "tier", "agent", "version", "tool"] as const;

export const stopSchema = z.object({
  scope: z.enum(STOP_SCOPES),
  /** Agent id, tier, version id or `agent/tool`; empty for the fleet. */
  target: z.string().max(300).default(""),
  reason: z.string().trim().max(1_000).nullable().default(null),
});
export type StopInput = z.infer<typeof stopSchema>;

async function agentsInScope(tx: Transaction, { scope, target }: { scope: string; target: string }): Promise<string[]> {
  const everyAgent = { archivedAt: null };
  const where =
    scope === "fleet" ? everyAgent
    : scope === "tier" ? { ...everyAgent, ...(target === "0" ? { OR: [{ tier: 0 }, { tier: null }] } : { tier: Number(target) }) }
    : scope === "version" ? { ...everyAgent, currentVersionId: target }
    : { ...everyAgent, id: scope === "tool" ? (target.split("/")[0] ?? "") : target };
  const agents = await tx.agent.findMany({ where, select: { id: true }, orderBy: { id: "asc" } });
  return agents.map((agent) => agent.id);
}

async function refreshAll(tx: Transaction, agentIds: readonly string[], now: Date): Promise<void> {
  for (const agentId of agentIds) {
    await lockAgent(tx, agentId);
    await refreshAuthority(tx, agentId, now);
  }
}

export const engageStop = operation({
  kind: "stop.engaged",
  needs: "stop:engage",
  agentOf: (_tx, input: StopInput) => (input.scope === "agent" ? input.target : input.scope === "tool" ? (input.target.split("/")[0] ?? null) : null),
  run: async ({ tx, actor, now }: Context, { scope, target, reason }: StopInput) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${`stop ${scope} ${target}`}))`;
    const engaged = await tx.stop.findFirst({ where: { scope, target, releasedAt: null } });
    if (engaged) return { result: { stopId: engaged.id }, evidence: NOTHING_CHANGED };
    const agentIds = await agentsInScope(tx, { scope, target });
    if (scope !== "fleet" && scope !== "tier" && agentIds.length === 0) throw new NotFound("This names no agent that is here.");
    const id = newId("st");
    await tx.stop.create({ data: { id, scope, target, reason, engagedBy: actor.name, engagedAt: now } });
    await refreshAll(tx, agentIds, now);
    const agentId = scope === "agent" ? target : null;
    return { result: { stopId: id }, evidence: { subject: id, agentId, detail: { scope, target, reason, agents: agentIds.length } } };
  },
});

async function engagedStop(tx: Transaction, stopId: string) {
  await tx.$executeRaw`SELECT 1 FROM stop WHERE id = ${stopId} FOR UPDATE`;
  const stop = await tx.stop.findUnique({ where: { id: stopId } });
  if (!stop) throw new NotFound("There is no such kill switch.");
  if (stop.releasedAt) throw new Conflict("This kill switch is released already.");
  return stop;
}

const agentOfStop = async (tx: Transaction, { stopId }: { stopId: string }): Promise<string | null> => {
  const stop = await tx.stop.findUnique({ where: { id: stopId }, select: { scope: true, target: true } });
  return stop?.scope === "agent" ? stop.target : stop?.scope === "tool" ? (stop.target.split("/")[0] ?? null) : null;
};

export const askRelease = operation({
  kind: "stop.release_asked",
  needs: "stop:release",
  agentOf: agentOfStop,
  run: async ({ tx, actor, now }: Context, { stopId, reason }: { stopId: string; reason: string }) => {
    const stop = await engagedStop(tx, stopId);
    if (reason.trim().length < 5) throw new NotPossible("Say why it may be released.");
    await tx.stop.update({ where: { id: stopId }, data: { releaseAskedBy: actor.id, releaseReason: reason.trim(), releaseAskedAt: now } });
    return { result: undefined, evidence: { subject: stopId, detail: { scope: stop.scope, target: stop.target, reason: reason.trim() } } };
  },
});

/** Permits a restart and causes none: what was running stays as it is. */
export const releaseStop = operation({
  kind: "stop.released",
  needs: "stop:release",
  agentOf: agentOfStop,
  run: async ({ tx, actor, now }: Context, { stopId }: { stopId: string }) => {
    const stop = await engagedStop(tx, stopId);
    if (!stop.releaseAskedBy) throw new NotPossible("Somebody has to ask for the release first, with a reason.");
    if (stop.releaseAskedBy === actor.id) throw new NotPossible("A release needs a second person.");
    await tx.stop.update({ where: { id: stopId }, data: { releasedBy: actor.name, releasedAt: now } });
    await refreshAll(tx, await agentsInScope(tx, stop), now);
    return { result: undefined, evidence: { subject: stopId, detail: { scope: stop.scope, target: stop.target, reason: stop.releaseReason } } };
  },
});
