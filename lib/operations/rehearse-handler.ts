// Would a handler where the agent runs take back what it should? Asked on the line on which the agent hears its steps, and answered by it; nothing is taken back.

import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { pool, prisma, type Transaction } from "../database/database.ts";
import type { Actor } from "../domain/roles.ts";
import { NotFound } from "../errors.ts";
import { digestForLog } from "./append-to-log.ts";
import { actorName, NOTHING_CHANGED, operation, type Context } from "./operation.ts";

/** Longer than an agent's turn of waiting: one that listens for other handlers by then listens for all it has. */
export const HANDLER_ANSWERS_WITHIN_MS = 25_000;
const LOOK_EVERY_MS = 250;

export interface AskedRehearsal {
  id: string;
  agentId: string;
  /** Whose effect the handler takes back. */
  tool: string;
  handler: string;
  /** Digest of the hook that names the handler. */
  hook: string;
}

const asked = z.object({ actor: z.string(), detail: z.object({ tool: z.string(), handler: z.string(), hook: z.string() }) });

/** Durable as the log is: whichever process the agent waits at finds it there. */
const ask = operation({
  kind: "hook.rehearsal_asked",
  needs: "action:undo",
  agentOf: (_tx, { agentId }: AskedRehearsal) => agentId,
  run: async (_context: Context, { id, agentId, tool, handler, hook }: AskedRehearsal) => ({ result: id, evidence: { subject: id, agentId, detail: { tool, handler, hook } } }),
});

/** What handlers of these names are asked to rehearse, and have not answered. */
export async function nextRehearsals(agentId: string, handlers: readonly string[], now: Date): Promise<Pick<AskedRehearsal, "id" | "tool" | "handler">[]> {
  if (handlers.length === 0) return [];
  const { rows } = await pool().query<{ subject: string; body: string }>(
    `SELECT e.subject, e.body FROM log_entry e WHERE e.kind = 'hook.rehearsal_asked' AND e.at > $2 AND e.agent_id = $1 AND NOT EXISTS (SELECT FROM hook_rehearsal r WHERE r.id = e.subject)`,
    [agentId, new Date(now.getTime() - HANDLER_ANSWERS_WITHIN_MS)],
  );
  return rows.map(({ subject, body }) => ({ id: subject, ...asked.parse(JSON.parse(body)).detail })).filter(({ handler }) => handlers.includes(handler)).map(({ id, tool, handler }) => ({ id, tool, handler }));
}

const OUTCOMES = ["passed", "failed", "not_supported"] as const;

export const rehearsalEndSchema = z.object({
  outcome: z.enum(OUTCOMES).describe("`not_supported`: the handler cannot be told that it is a rehearsal, so it was not called."),
  error: z.string().max(4_000).nullable().default(null),
});

interface RehearsalEnd {
  rehearsalId: string;
  outcome: (typeof OUTCOMES)[number] | "nobody";
  error: string | null;
}

const SENTENCE: Readonly<Record<RehearsalEnd["outcome"], string>> = {
  passed: "The handler went through its rehearsal.",
  failed: "The handler's rehearsal failed.",
  not_supported: "Its handler declares no rehearsal, so it was not called.",
  nobody: `No process of the agent that has this handler answered within ${HANDLER_ANSWERS_WITHIN_MS / 1_000} s.`,
};

async function askedOf(tx: Transaction, rehearsalId: string) {
  const entry = await tx.logEntry.findFirst({ where: { subject: rehearsalId, kind: "hook.rehearsal_asked" }, select: { agentId: true, body: true } });
  if (!entry?.agentId) throw new NotFound("There is no such rehearsal.");
  return { agentId: entry.agentId, ...asked.parse(JSON.parse(entry.body)) };
}

/** As the page names people: whoever asked. */
async function nameOf(tx: Transaction, actor: string): Promise<string> {
  const person = actor.startsWith("person:") ? await tx.person.findUnique({ where: { id: actor.slice("person:".length) }, select: { name: true } }) : null;
  return person?.name ?? actor;
}

/** The first answer counts. What was not tried is neither passed nor failed. */
const endAs = (needs: "action:prepare" | "action:undo") => operation({
  kind: "hook.rehearsed",
  needs,
  agentOf: async (tx, { rehearsalId }: RehearsalEnd) => (await askedOf(tx, rehearsalId)).agentId,
  run: async ({ tx, now }: Context, { rehearsalId: id, outcome, error }: RehearsalEnd) => {
    const { agentId, actor, detail: { tool, handler, hook } } = await askedOf(tx, id);
    const told = error?.trim().toWellFormed().slice(0, 500) ?? "";
    const detail = { tool, kind: "tool", isOk: outcome === "passed", sentence: outcome === "failed" && told !== "" ? `${SENTENCE.failed} ${told}` : SENTENCE[outcome] };
    const { count } = await tx.hookRehearsal.createMany({ data: { id, agentId, ...detail, by: await nameOf(tx, actor), at: now }, skipDuplicates: true });
    if (count === 0) return { result: undefined, evidence: NOTHING_CHANGED };
    const { sentence, ...said } = detail;
    return { result: undefined, evidence: { subject: id, agentId, detail: { ...said, sentenceSha256: digestForLog(sentence), handler, hook, isTried: outcome === "passed" || outcome === "failed" } } };
  },
});

/** By the agent whose handler it is. An answer that comes late, or a second one, changes nothing. */
export const endRehearsal = endAs("action:prepare");
const giveUp = endAs("action:undo");

export async function agentOfRehearsal(rehearsalId: string): Promise<string | null> {
  return (await prisma().logEntry.findFirst({ where: { subject: rehearsalId, kind: "hook.rehearsal_asked" }, select: { agentId: true } }))?.agentId ?? null;
}

/** Ends with what was remembered, also when nobody answers. */
export async function rehearseHandler(actor: Actor, rehearsal: AskedRehearsal, { now, withinMs = HANDLER_ANSWERS_WITHIN_MS }: { now: Date; withinMs?: number | undefined }): Promise<{ isOk: boolean; sentence: string }> {
  const { id } = rehearsal;
  await ask(actor, rehearsal, now);
  const untilMs = performance.now() + withinMs;
  const ended = () => prisma().hookRehearsal.findUnique({ where: { id }, select: { isOk: true, sentence: true } });
  for (;;) {
    const end = await ended();
    if (end) return end;
    if (performance.now() >= untilMs) break;
    await pause(Math.min(LOOK_EVERY_MS, withinMs));
  }
  await giveUp(actor, { rehearsalId: id, outcome: "nobody", error: null });
  const end = await ended();
  if (!end) throw new Error(`the rehearsal ${id} of ${actorName(actor)} was not remembered`);
  return end;
}
