// Is a stop proven by now? Follows each engaged one until all live points confirmed and a probe was refused, and says so when that takes too long.

import { databaseNow } from "../database/database-now.ts";
import { prisma } from "../database/database.ts";
import { isAwaited, loadProofFacts, type ProvableStop } from "../database/stop-points.ts";
import { stopEvidence } from "../domain/stop-evidence.ts";
import { proveStop, PROOF_WITHIN_MS, type StopProof } from "../domain/stop-proof.ts";
import { isStopScope, splitTool } from "../domain/stop-scope.ts";
import { systemActor } from "./people.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";
import { ANY_TOOL, probeGate } from "./probe-gate.ts";

interface Followed extends ProvableStop {
  epoch: number;
  notProvenAt: Date | null;
}

const MOST_AT_ONCE = 100;

async function listFollowed(isProven: boolean): Promise<Followed[]> {
  const stored = await prisma().stop.findMany({
    where: { releasedAt: null, provenAt: isProven ? { not: null } : null }, orderBy: { engagedAt: "desc" }, take: MOST_AT_ONCE,
    select: { id: true, scope: true, target: true, engagedAt: true, probeRefusedAt: true, epoch: true, notProvenAt: true },
  });
  return stored.flatMap(({ scope, epoch, ...stop }) => (isStopScope(scope) ? [{ ...stop, scope, epoch: Number(epoch ?? 0) }] : []));
}

interface Finding {
  stopId: string;
  proof: StopProof;
  agents: number;
  probeRefusedAt: Date | null;
}

const recordProven = operation({
  kind: "stop.proven",
  needs: "stop:prove",
  run: async ({ tx }: Context, finding: Finding) => {
    const { stopId, proof: { provenAt }, probeRefusedAt } = finding;
    const detail = stopEvidence(finding);
    // Of two processes that found the same, one records it.
    const { count } = await tx.stop.updateMany({ where: { id: stopId, releasedAt: null, OR: [{ provenAt: null }, { probeRefusedAt: null }] }, data: { provenAt, probeRefusedAt, proof: detail } });
    return { result: count > 0, evidence: count === 0 ? NOTHING_CHANGED : { subject: stopId, detail } };
  },
});

const recordNotProven = operation({
  kind: "stop.not_proven",
  needs: "stop:prove",
  run: async ({ tx, now }: Context, finding: Finding) => {
    const detail = stopEvidence(finding);
    const { count } = await tx.stop.updateMany({ where: { id: finding.stopId, provenAt: null, notProvenAt: null, releasedAt: null }, data: { notProvenAt: now, proof: detail } });
    return { result: count > 0, evidence: count === 0 ? NOTHING_CHANGED : { subject: finding.stopId, detail } };
  },
});

/** What was proven is not proven any more: it is followed again, and takes another probe. The log keeps when it had been proven. */
const recordContradicted = operation({
  kind: "stop.contradicted",
  needs: "stop:prove",
  run: async ({ tx, now }: Context, finding: Finding) => {
    const detail = stopEvidence(finding);
    const where = { id: finding.stopId, provenAt: { not: null }, releasedAt: null };
    const { count } = await tx.stop.updateMany({ where, data: { provenAt: null, probeRefusedAt: null, proof: detail } });
    if (count > 0) await tx.stop.updateMany({ where: { id: finding.stopId, notProvenAt: null }, data: { notProvenAt: now } });
    return { result: count > 0, evidence: count === 0 ? NOTHING_CHANGED : { subject: finding.stopId, detail } };
  },
});

/** The probe is made only when nobody is missing any more: before that its refusal would prove nothing. */
async function follow(stop: Followed, now: Date): Promise<boolean> {
  if (now.getTime() - stop.engagedAt.getTime() < PROOF_WITHIN_MS && (await isAwaited(prisma(), stop, now))) return false;
  const facts = (await loadProofFacts(prisma(), [stop])).get(stop.id);
  if (!facts) return false;
  const before = proveStop({ ...facts, probeRefusedAt: null }, now);
  const [agentId] = facts.agentIds;
  const tool = (stop.scope === "tool" ? splitTool(stop.target)?.tool : null) ?? ANY_TOOL;
  const isRefused = before.missing === 0 && agentId !== undefined && (await probeGate({ agentId, tool, epoch: stop.epoch, stopId: stop.id, conversationId: facts.trial?.conversationId ?? "" }, now)).isRefused;
  // The answer took its time.
  const probeRefusedAt = isRefused ? new Date(Math.max(now.getTime(), (await databaseNow(prisma())).getTime())) : null;
  const at = probeRefusedAt ?? now;
  const proof = proveStop({ ...facts, probeRefusedAt }, at);
  if (proof.state === "proven") await recordProven(systemActor, { stopId: stop.id, proof, agents: facts.agents, probeRefusedAt }, at);
  else if (proof.state === "not_proven" && stop.notProvenAt === null) await recordNotProven(systemActor, { stopId: stop.id, proof, agents: facts.agents, probeRefusedAt }, at);
  return proof.state === "proven";
}

/** Looks once at each engaged stop without proof, `now` by PostgreSQL's clock. Returns how many are young enough that the next look should follow at once. */
export async function proveStops(now: Date): Promise<number> {
  let young = 0;
  for (const stop of await listFollowed(false)) {
    const isProven = await follow(stop, now);
    if (!isProven && now.getTime() - stop.engagedAt.getTime() < PROOF_WITHIN_MS + 1_000) young++;
  }
  return young;
}

/** A point that comes, or comes back, is given so long to confirm before it contradicts what was proven without it. */
const CATCH_UP_MS = 3_000;
/** Since when somebody was missing in a proven stop, as this process saw it. */
const missingSince = new Map<string, number>();

/** Looks once at each engaged stop that is proven: a proof holds only as long as no point contradicts it. */
export async function recheckProven(now: Date): Promise<void> {
  const stops = await listFollowed(true);
  const facts = await loadProofFacts(prisma(), stops);
  for (const id of missingSince.keys()) if (!facts.has(id)) missingSince.delete(id);
  for (const stop of stops) {
    const { id: stopId, probeRefusedAt } = stop;
    const found = facts.get(stopId);
    const proof = found && proveStop(found, now);
    // It covered nobody, so that no probe was made; now it covers somebody.
    if (proof?.missing === 0 && proof.state !== "proven") await follow(stop, now);
    if (!proof || proof.missing === 0) {
      missingSince.delete(stopId);
      continue;
    }
    const sinceMs = missingSince.get(stopId) ?? now.getTime();
    missingSince.set(stopId, sinceMs);
    const isSelfContradicting = proof.points.some((point) => point.fault !== null);
    if (isSelfContradicting || now.getTime() - sinceMs >= CATCH_UP_MS) await recordContradicted(systemActor, { stopId, proof, agents: found.agents, probeRefusedAt }, now);
  }
}
