// With which secret does a receiver check that a compensation webhook is from here? Told to few, and the log says to whom.

import { z } from "zod";
import { NotFound } from "../errors.ts";
import { webhookSecret } from "./compensation-webhook.ts";
import { operation, type Context } from "./operation.ts";

export const webhookSecretSchema = z.object({ agentId: z.string().trim().min(1).max(63) });

export const revealWebhookSecret = operation({
  kind: "webhook_secret.revealed",
  needs: "webhook_secret:reveal",
  agentOf: (_tx, { agentId }: z.infer<typeof webhookSecretSchema>) => agentId,
  run: async ({ tx, actor }: Context, { agentId }: z.infer<typeof webhookSecretSchema>) => {
    const agent = await tx.agent.findUnique({ where: { id: agentId }, select: { id: true } });
    if (!agent) throw new NotFound("There is no such agent.");
    return { result: { secret: webhookSecret(agentId) }, evidence: { subject: agentId, agentId, detail: { by: actor.name } } };
  },
});
