// What became of the requests that Holdpoint made itself? Told in the log once each is over, with the salt that opens its promise.

import { prisma } from "../database/database.ts";
import { seedOutcome } from "../domain/seed-request.ts";
import { seedCommitment } from "../domain/seeding.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";
import { systemActor } from "./people.ts";

const reveal = operation({
  kind: "seeded_request.revealed",
  needs: "seeding:run",
  run: async ({ tx, now }: Context, { actionId }: { actionId: string }) => {
    await tx.$executeRaw`SELECT 1 FROM seeded_request WHERE action_id = ${actionId} FOR UPDATE`;
    const [seed, action] = [await tx.seededRequest.findUniqueOrThrow({ where: { actionId } }), await tx.action.findUnique({ where: { id: actionId } })];
    const outcome = action && seed.revealedAt === null ? seedOutcome(action, seed.faultyPath) : null;
    if (!action || outcome === null) return { result: undefined, evidence: NOTHING_CHANGED };
    await tx.seededRequest.update({ where: { actionId }, data: { outcome, revealedAt: now } });
    const { salt, fault, why, madeAt, basedOn } = seed;
    const { tool, reason, policies, policyDigest, expiresAt } = action;
    const asked = { tool, reason, policies, policyDigest, inputDigest: action.inputDigest, expiresAt };
    return { result: undefined, evidence: { subject: actionId, agentId: action.agentId, detail: { isSeeded: true, commitment: seedCommitment(actionId, salt), salt, madeAt, basedOn, fault, why, outcome, asked } } };
  },
});

/** Returns how many there were. */
export async function revealSeededRequests(now: Date): Promise<number> {
  const over = await prisma().$queryRaw<{ id: string }[]>`SELECT a.id FROM seeded_request s JOIN action a ON a.id = s.action_id WHERE s.revealed_at IS NULL AND a.state <> 'held'`;
  for (const { id } of over) await reveal(systemActor, { actionId: id }, now);
  return over.length;
}
