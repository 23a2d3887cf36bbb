// By what is each effect of an agent taken back, and when was that last tried without effect?

import { z } from "zod";
import { pool, prisma } from "../database/database.ts";
import { loadVersionRules } from "../database/version-rules.ts";
import { declaredHook, hookDigest } from "../domain/declared-hook.ts";
import type { CompensationHook, ToolComponent } from "../domain/manifest.ts";
import { hookOf } from "../domain/undo-plan.ts";

export interface HookRehearsal {
  at: Date;
  by: string;
  isOk: boolean;
  sentence: string;
  /** False: it cannot be rehearsed, or nobody was there to do it; then it is neither passed nor failed. */
  isTried: boolean;
}

export interface WayBack {
  tool: string;
  effect: ToolComponent["effect"];
  /** Null: what the tool does cannot be taken back. */
  hook: CompensationHook | null;
  withinHours: number | null;
  /** Of exactly this hook; null: never. */
  last: HookRehearsal | null;
  /** Another hook of this tool was rehearsed, and this one was not. */
  isChangedSince: boolean;
}

type Rehearsed = HookRehearsal & { tool: string; digest: string | null };

const loggedHook = z.object({ detail: z.object({ hook: z.string(), isTried: z.boolean().default(true) }) });

/** What the log says of it; the digest is null for what was logged before it said which hook. */
function loggedIn(body: string | null): Pick<Rehearsed, "digest" | "isTried"> {
  const said = body === null ? undefined : loggedHook.safeParse(JSON.parse(body)).data?.detail;
  return { digest: said?.hook ?? null, isTried: said?.isTried ?? true };
}

/** For each tool: enough to find a hook that was another one in between. */
const MOST_LOOKED_AT = 50;

/** Of each tool the newest ones, the newest first. */
async function readRehearsals(agentId: string, tool: string | null): Promise<Rehearsed[]> {
  const { rows } = await pool().query<Omit<HookRehearsal, "isTried"> & { tool: string; body: string | null }>(
    `SELECT r.tool, r.at, r.by, r.is_ok AS "isOk", r.sentence, e.body
     FROM (SELECT *, row_number() OVER (PARTITION BY tool ORDER BY at DESC, id DESC) AS place FROM hook_rehearsal WHERE agent_id = $1 AND ($2::text IS NULL OR tool = $2)) r
     LEFT JOIN log_entry e ON e.subject = r.id AND e.kind = 'hook.rehearsed' WHERE r.place <= ${MOST_LOOKED_AT} ORDER BY r.tool, r.place`, [agentId, tool],
  );
  return rows.map(({ body, ...row }) => ({ ...row, ...loggedIn(body) }));
}

function lastOf(hook: CompensationHook | null, rehearsed: readonly Rehearsed[]): Pick<WayBack, "last" | "isChangedSince"> {
  const digest = hook === null ? null : hookDigest(hook);
  const found = digest === null ? undefined : rehearsed.find((each) => each.digest === digest);
  const last = found === undefined ? null : { at: found.at, by: found.by, isOk: found.isOk, sentence: found.sentence, isTried: found.isTried };
  return { last, isChangedSince: hook !== null && last === null && rehearsed.length > 0 };
}

async function currentTools(agentId: string): Promise<readonly ToolComponent[]> {
  const agent = await prisma().agent.findUnique({ where: { id: agentId }, select: { currentVersionId: true } });
  return agent?.currentVersionId ? [...(await loadVersionRules(prisma(), agent.currentVersionId)).tools.values()] : [];
}

/** Each tool of the current version that has an effect, by its name. */
export async function listWaysBack(agentId: string): Promise<WayBack[]> {
  const [tools, rehearsals] = await Promise.all([currentTools(agentId), readRehearsals(agentId, null)]);
  return tools.filter(({ effect }) => effect !== "read").toSorted((a, b) => a.name.localeCompare(b.name, "en")).map(({ name, effect, compensation }) => {
    const hook = declaredHook(compensation);
    return { tool: name, effect, hook, withinHours: compensation?.withinHours ?? null, ...lastOf(hook, rehearsals.filter(({ tool }) => tool === name)) };
  });
}

export interface ActionWayBack extends Pick<WayBack, "tool" | "last" | "isChangedSince"> {
  hook: CompensationHook;
  /** It is what the current version declares, so that a rehearsal tries exactly this one. */
  isDeclared: boolean;
}

/** What stands behind one action, which keeps its own hook whatever the agent declares by now. Null: nothing does. */
export async function findActionWayBack({ agentId, tool, compensation }: { agentId: string; tool: string; compensation: unknown }): Promise<ActionWayBack | null> {
  const hook = hookOf(compensation);
  if (hook === null) return null;
  const [tools, rehearsals] = await Promise.all([currentTools(agentId), readRehearsals(agentId, tool)]);
  const declared = declaredHook(tools.find(({ name }) => name === tool)?.compensation);
  return { tool, hook, isDeclared: declared !== null && hookDigest(declared) === hookDigest(hook), ...lastOf(hook, rehearsals) };
}
