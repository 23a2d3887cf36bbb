// What happens when somebody proposes another policy text? The current recipe with that text is registered as a version, and reviewed like any other.

import { z } from "zod";
import { prisma } from "../database/database.ts";
import { versionComponents } from "../database/version-components.ts";
import { manifestOfComponents } from "../domain/manifest-of-components.ts";
import { may } from "../domain/permissions.ts";
import type { Actor } from "../domain/roles.ts";
import { Conflict, NotFound, NotPermitted, NotPossible } from "../errors.ts";
import { registerVersion, registrationSchema, type Registered } from "./versions.ts";

export const policyProposalSchema = z.object({
  agentId: z.string().min(1),
  /** The version that the text was written for. */
  versionId: z.string().min(1),
  cedar: z.string().max(100_000),
  reason: z.string().trim().min(3, "Say why.").max(2_000),
});
export type PolicyProposal = z.infer<typeof policyProposalSchema>;

/** Throws `Conflict` when another version is current by now: its recipe is not the one that the author saw. */
export async function proposePolicy(actor: Actor, { agentId, versionId, cedar, reason }: PolicyProposal, now: Date = new Date()): Promise<Registered> {
  const answer = may(actor, "version:register", agentId);
  if (!answer.ok) throw new NotPermitted(answer.reason);
  const agent = await prisma().agent.findUnique({ where: { id: agentId }, select: { currentVersionId: true } });
  if (!agent) throw new NotFound("There is no such agent.");
  if (agent.currentVersionId !== versionId) throw new Conflict("Another version became current since this draft was begun. Copy the text, and begin again from the version that is current now.");
  const current = manifestOfComponents(await versionComponents(prisma(), versionId));
  if (current.policy?.cedar === cedar) throw new NotPossible("The draft is the policy text that is in force.");
  const manifest = { ...current, policy: { ...current.policy, cedar } };
  return registerVersion(actor, registrationSchema.parse({ agentId, manifest, source: "console", reason }), now);
}
