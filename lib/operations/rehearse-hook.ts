// Would the way back work? A hook tried without effect, and remembered with its result.

import { z } from "zod";
import { prisma } from "../database/database.ts";
import { env } from "../env.ts";
import { declaredHook, hookDigest } from "../domain/declared-hook.ts";
import { may } from "../domain/permissions.ts";
import type { Actor } from "../domain/roles.ts";
import { NotFound, NotPermitted } from "../errors.ts";
import { newId } from "../new-id.ts";
import { sendWebhook } from "./compensation-webhook.ts";
import { loadVersionRules } from "../database/version-rules.ts";
import { operation, type Context } from "./operation.ts";
import { rehearseHandler } from "./rehearse-handler.ts";

export const hookRehearsalSchema = z.object({ agentId: z.string().min(1).max(63), tool: z.string().min(1).max(200) });
export type HookRehearsalInput = z.infer<typeof hookRehearsalSchema>;

export interface RehearsedHook {
  rehearsalId: string;
  isOk: boolean;
  sentence: string;
}

interface Rehearsal extends HookRehearsalInput {
  id: string;
  kind: string;
  /** Digest of the hook that was tried: the log says for which one the rehearsal holds. */
  hook: string;
  isOk: boolean;
  sentence: string;
}

const record = operation({
  kind: "hook.rehearsed",
  needs: "action:undo",
  agentOf: (_tx, { agentId }: Rehearsal) => agentId,
  run: async ({ tx, actor, now }: Context, rehearsal: Rehearsal) => {
    const { hook: _, ...stored } = rehearsal;
    await tx.hookRehearsal.create({ data: { ...stored, by: actor.name, at: now } });
    const { id, agentId, ...detail } = rehearsal;
    return { result: { rehearsalId: id, isOk: detail.isOk, sentence: detail.sentence } satisfies RehearsedHook, evidence: { subject: id, agentId, detail } };
  },
});

interface Elsewhere {
  /** Addresses inside this network that a webhook may go to. */
  allowed?: readonly string[];
  /** So long a handler of the agent may take. */
  withinMs?: number;
}

/** The request is outside of any transaction: another system, or the agent, may take its time. */
export async function rehearseHook(actor: Actor, input: HookRehearsalInput, now = new Date(), { allowed = env().webhookAllow, withinMs }: Elsewhere = {}): Promise<RehearsedHook> {
  const { agentId, tool } = hookRehearsalSchema.parse(input);
  const permission = may(actor, "action:undo", agentId);
  if (!permission.ok) throw new NotPermitted(permission.reason);
  const agent = await prisma().agent.findUnique({ where: { id: agentId }, select: { currentVersionId: true } });
  const versionId = agent?.currentVersionId;
  if (!versionId) throw new NotFound("This agent has no current version.");
  const rules = await prisma().$transaction((tx) => loadVersionRules(tx, versionId));
  const hook = declaredHook(rules.tools.get(tool)?.compensation);
  if (!hook) throw new NotFound("The current version declares no hook for this tool.");
  const id = newId("hr");
  if (hook.kind === "tool") return { rehearsalId: id, ...(await rehearseHandler(actor, { id, agentId, tool, handler: hook.tool, hook: hookDigest(hook) }, { now, withinMs })) };
  const tried = { id, agentId, tool, kind: hook.kind, hook: hookDigest(hook) };
  if (hook.kind === "manual") return record(actor, { ...tried, isOk: true, sentence: "The instructions were gone through." }, now);
  const answer = await sendWebhook({ url: hook.url, id, agentId, type: "action.compensate", source: env().publicUrl, data: { tool, arguments: null }, isDryRun: true }, allowed, now);
  return record(actor, { ...tried, isOk: answer.ok, sentence: answer.ok ? `It answered ${answer.status}.` : answer.sentence }, now);
}
