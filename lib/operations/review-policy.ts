// How is the re-review policy changed? As a change like any other: proposed, previewed, approved by somebody else.

import { z } from "zod";
import { reviewPolicyInForce } from "../database/review-policy-in-force.ts";
import { digestOf } from "../domain/fingerprint.ts";
import { reviewPolicySchema } from "../domain/review-policy.ts";
import { Conflict, NotPossible } from "../errors.ts";
import { newId } from "../new-id.ts";
import { operation, type Context } from "./operation.ts";

export const policyProposalSchema = z.object({ content: reviewPolicySchema, reason: z.string().trim().min(3, "Say why.").max(2_000) });

export const proposeReviewPolicy = operation({
  kind: "change.proposed",
  needs: "review_policy:propose",
  run: async ({ tx, actor, now }: Context, { content, reason }: z.infer<typeof policyProposalSchema>) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('review policy'))`;
    const { policy, revision } = await reviewPolicyInForce(tx);
    const fingerprint = digestOf(content);
    if (fingerprint === digestOf(policy)) throw new NotPossible("This is the policy that is in force.");
    if (await tx.change.findFirst({ where: { kind: "review_policy", state: "open" }, select: { id: true } })) {
      throw new Conflict("A proposal for the re-review policy is open already. Decide or withdraw it first.");
    }
    const id = newId("ch");
    await tx.change.create({
      data: {
        id, kind: "review_policy", agentId: null, proposal: content, fingerprint, title: `Re-review policy ${revision} → ${revision + 1}`, class: "critical",
        facts: [], rules: [{ id: "policy", title: "The re-review policy needs a reviewer other than its author.", facts: [] }],
        obligations: [{ kind: "review", role: "any_reviewer" }], policyRevision: revision, authorIds: [actor.id], authorName: actor.name, reason,
        proposedAt: now, expiresAt: new Date(now.getTime() + policy.expiresAfterDays * 86_400_000),
      },
    });
    return { result: { changeId: id }, evidence: { subject: id, detail: { fingerprint, before: revision, reason, content } } };
  },
});
