// Is a stop proven by now? Follows each engaged one until all live points confirmed and a probe was refused, and says so when that takes too long.

import { prisma } from "../database/database.ts";
import { isAwaited, loadProofFacts, type ProvableStop } from "../database/stop-points.ts";
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
/** Of points by name, in the evidence; the counts speak of all. */
const MOST_NAMED = 100;

async function listUnproven(): Promise<Followed[]> {
  const stored = await prisma().stop.findMany({
    where: { releasedAt: null, provenAt: null }, orderBy: { engagedAt: "desc" }, take: MOST_AT_ONCE,
    select: { id: true, scope: true, target: true, engagedAt: true, probeRefusedAt: true, epoch: true, notProvenAt: true },
  });
  return stored.flatMap(({ scope, epoch, ...stop }) => (isStopScope(scope) ? [{ ...stop, scope, epoch: Number(epoch ?? 0) }] : []));
}

interface Finding {
  stopId: string;
  proof: StopProof;
  probeRefusedAt: Date | null;
}

/** As it stands in the log and beside the stop. */
function evidenceOf({ proof, probeRefusedAt }: Finding) {
  const named = proof.points.slice(0, MOST_NAMED).map(({ agentId, name, state, confirmedAt, leaseUntil, fault }) => ({
    agent: agentId, point: name, state, ...(confirmedAt ? { confirmedAt: confirmedAt.toISOString() } : { leaseUntil: leaseUntil.toISOString() }), ...(fault === null ? {} : { fault }),
  }));
  return { confirmed: proof.confirmed, closed: proof.closed, missing: proof.missing, elapsedMs: proof.elapsedMs, probeRefusedAt: probeRefusedAt?.toISOString() ?? null, points: named };
}

const recordProven = operation({
  kind: "stop.proven",
  needs: "stop:prove",
  run: async ({ tx }: Context, { stopId, proof, probeRefusedAt }: Finding) => {
    const detail = evidenceOf({ stopId, proof, probeRefusedAt });
    // Of two processes that found the same, one records it.
    const { count } = await tx.stop.updateMany({ where: { id: stopId, provenAt: null, releasedAt: null }, data: { provenAt: proof.provenAt, probeRefusedAt, proof: detail } });
    return { result: count > 0, evidence: count === 0 ? NOTHING_CHANGED : { subject: stopId, detail } };
  },
});

const recordNotProven = operation({
  kind: "stop.not_proven",
  needs: "stop:prove",
  run: async ({ tx, now }: Context, finding: Finding) => {
    const detail = evidenceOf(finding);
    const { count } = await tx.stop.updateMany({ where: { id: finding.stopId, provenAt: null, notProvenAt: null, releasedAt: null }, data: { notProvenAt: now, proof: detail } });
    return { result: count > 0, evidence: count === 0 ? NOTHING_CHANGED : { subject: finding.stopId, detail } };
  },
});

/** The probe is made only when nobody is missing any more: before that its refusal would prove nothing. */
async function follow(stop: Followed, now: Date): Promise<boolean> {
  if (now.getTime() - stop.engagedAt.getTime() < PROOF_WITHIN_MS && (await isAwaited(prisma(), stop, now))) return false;
  const facts = await loadProofFacts(prisma(), stop);
  const before = proveStop({ ...facts, probeRefusedAt: null }, now);
  const [agentId] = facts.agentIds;
  const tool = (stop.scope === "tool" ? splitTool(stop.target)?.tool : null) ?? ANY_TOOL;
  const isRefused = before.missing === 0 && agentId !== undefined && (await probeGate({ agentId, tool, epoch: stop.epoch }, now)).isRefused;
  // The answer took its time.
  const probeRefusedAt = isRefused ? new Date(Math.max(now.getTime(), Date.now())) : null;
  const at = probeRefusedAt ?? now;
  const proof = proveStop({ ...facts, probeRefusedAt }, at);
  if (proof.state === "proven") await recordProven(systemActor, { stopId: stop.id, proof, probeRefusedAt }, at);
  else if (proof.state === "not_proven" && stop.notProvenAt === null) await recordNotProven(systemActor, { stopId: stop.id, proof, probeRefusedAt }, at);
  return proof.state === "proven";
}

/** Looks once at each engaged stop without proof. Returns how many are young enough that the next look should follow at once. */
export async function proveStops(now: Date): Promise<number> {
  let young = 0;
  for (const stop of await listUnproven()) {
    const isProven = await follow(stop, now);
    if (!isProven && now.getTime() - stop.engagedAt.getTime() < PROOF_WITHIN_MS + 1_000) young++;
  }
  return young;
}
