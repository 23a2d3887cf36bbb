// What can be done about overrides: make an explicit, expiring exception; take it back.

import { z } from "zod";
import { AUTHORITY_LEVELS } from "../domain/authority-level.ts";
import { CONSTRAINT_SOURCES } from "../domain/authority.ts";
import { NotFound, NotPossible } from "../errors.ts";
import { newId } from "../new-id.ts";
import { existingAgent } from "./agents.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";
import { refreshAuthority } from "./refresh-authority.ts";

/** An exception for longer than this is a rule and belongs on the card, in the tier or in the policy. */
const LONGEST_DAYS = 30;

export const overrideSchema = z.object({
  agentId: z.string().min(1),
  source: z.enum(CONSTRAINT_SOURCES).exclude(["kill_switch", "tier"]),
  level: z.enum(AUTHORITY_LEVELS).exclude(["stopped"]),
  reason: z.string().trim().min(10, "Say why, in at least ten characters.").max(1_000),
  expiresAt: z.coerce.date(),
});

export const setOverride = operation({
  kind: "override.set",
  needs: "override:set",
  agentOf: (_tx, input: { agentId: string }) => input.agentId,
  run: async ({ tx, actor, now }: Context, input: z.infer<typeof overrideSchema>) => {
    const { agentId, source, level, reason, expiresAt } = input;
    await existingAgent(tx, agentId);
    if (expiresAt <= now) throw new NotPossible("An override must end in the future.");
    if (expiresAt.getTime() - now.getTime() > LONGEST_DAYS * 86_400_000) throw new NotPossible(`An override lasts at most ${LONGEST_DAYS} days.`);
    const id = newId("ov");
    await tx.override.create({ data: { id, agentId, source, level, reason, createdBy: actor.name, createdAt: now, expiresAt } });
    await refreshAuthority(tx, agentId, now);
    return { result: { overrideId: id }, evidence: { subject: id, agentId, detail: { source, level, reason, expiresAt } } };
  },
});

export const revokeOverride = operation({
  kind: "override.revoked",
  needs: "override:revoke",
  agentOf: async (tx, input: { overrideId: string }) => (await tx.override.findUnique({ where: { id: input.overrideId }, select: { agentId: true } }))?.agentId ?? null,
  run: async ({ tx, actor, now }: Context, { overrideId }: { overrideId: string }) => {
    const override = await tx.override.findUnique({ where: { id: overrideId } });
    if (!override) throw new NotFound("There is no such override.");
    await existingAgent(tx, override.agentId);
    if (override.revokedAt || override.expiresAt <= now) return { result: undefined, evidence: NOTHING_CHANGED };
    await tx.override.update({ where: { id: overrideId }, data: { revokedAt: now, revokedBy: actor.name } });
    await refreshAuthority(tx, override.agentId, now);
    return { result: undefined, evidence: { subject: overrideId, agentId: override.agentId, detail: { source: override.source } } };
  },
});
