// Which runs did a kill switch cut? Those of which it refused a call, or ended an action that waited. Its release permits a restart and is none: they stay cut until somebody lets them go on.

import type { Transaction } from "../database/database.ts";
import type { Bundle } from "../domain/bundle.ts";
import type { Actor } from "../domain/roles.ts";
import { splitTool } from "../domain/stop-scope.ts";
import type { ToldReason } from "../domain/told-action.ts";

/** What a stop refuses a run: one tool, or, when empty, every call. */
export interface Cut {
  tool: string;
  stopId: string;
}

/** In the words of the table. */
export interface CutRow {
  agent_id: string;
  conversation_id: string;
  tool: string;
  stop_id: string;
  cut_at: string;
}

/** Agent, conversation, tool, stop: of a stop that was released, and whose runs nobody let go on. */
export type CutRead = [agentId: string, conversationId: string, tool: string, stopId: string];

interface Asked {
  actor: Actor;
  call: { agentId: string; conversationId: string; tool: string };
}

/** What the bundle's stops cut by refusing this call: each that covers it, not only the one that is named first. A call that names no run cuts none, and Holdpoint's own probe is no call of the run in which it is tried. */
export function cutsMade({ reason }: { reason: ToldReason }, { actor, call: { agentId, conversationId, tool } }: Asked, { stops }: Pick<Bundle, "stops">, now: Date): CutRow[] {
  if (conversationId === "" || actor.kind === "system" || (reason !== "kill_switch" && reason !== "tool_stopped")) return [];
  return stops.flatMap(({ id, scope, target }) => {
    const ofTool = scope === "tool" ? (splitTool(target)?.tool ?? "") : "";
    return ofTool === "" || ofTool === tool ? [{ agent_id: agentId, conversation_id: conversationId, tool: ofTool, stop_id: id, cut_at: now.toISOString() }] : [];
  });
}

export async function storeCuts(tx: Transaction, rows: readonly CutRow[]): Promise<void> {
  if (rows.length > 0) await tx.$executeRaw`INSERT INTO cut_run SELECT * FROM jsonb_populate_recordset(NULL::cut_run, ${JSON.stringify(rows)}::jsonb) ON CONFLICT DO NOTHING`;
}

/** Whoever waited for a person in these actions is told that a stop ended them. */
export async function cutRunsOfActions(tx: Transaction, actionIds: readonly string[], stopId: string, now: Date): Promise<void> {
  await tx.$executeRaw`INSERT INTO cut_run (agent_id, conversation_id, tool, stop_id, cut_at)
    SELECT DISTINCT a.agent_id, a.conversation_id, CASE WHEN s.scope = 'tool' THEN a.tool ELSE '' END, s.id, ${now}::timestamptz
    FROM action a JOIN stop s ON s.id = ${stopId} WHERE a.id = ANY(${[...actionIds]}) AND a.conversation_id <> '' ON CONFLICT DO NOTHING`;
}

/** By conversation. */
export const cutsOf = (read: readonly CutRead[]): ReadonlyMap<string, readonly Cut[]> => {
  const cuts = new Map<string, Cut[]>();
  for (const [, conversationId, tool, stopId] of read) cuts.set(conversationId, [...(cuts.get(conversationId) ?? []), { tool, stopId }]);
  return cuts;
};

/** The stop that cut the run of this call, for all its tools or for this one; null: none did. */
export const cutBy = (cuts: ReadonlyMap<string, readonly Cut[]>, { conversationId, tool }: { conversationId: string; tool: string }): string | null =>
  cuts.get(conversationId)?.find((cut) => cut.tool === "" || cut.tool === tool)?.stopId ?? null;
