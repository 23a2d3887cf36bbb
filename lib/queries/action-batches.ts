// Which of the actions that wait could this person decide together?

import { pool, prisma } from "../database/database.ts";
import { groupAlike, whyNotTogether, type WaitingAction } from "../domain/alike-actions.ts";
import { effectSentence } from "../domain/effect-sentence.ts";
import type { PersonActor } from "../domain/roles.ts";
import { formatMinor } from "../format.ts";
import { listActionRequests } from "./action-requests.ts";
import { amountOfRow, readInputs } from "./actions.ts";

export interface ActionBatch {
  key: string;
  agentId: string;
  tool: string;
  actions: { id: string; inputDigest: string; effect: string }[];
  leftOut: { id: string; effect: string; why: string }[];
  /** With its currency; null: not one amount is known. */
  total: string | null;
  largest: string | null;
}

/** As many as are decided at once. */
const MOST = 200;

/** Only what waits for this very person; nothing of an agent at tier 2. */
export async function listActionBatches(actor: PersonActor, now: Date): Promise<ActionBatch[]> {
  const mine = (await listActionRequests(actor, true, now)).filter(({ isMine }) => isMine).map(({ key }) => key);
  if (mine.length < 2) return [];
  const rows = await prisma().action.findMany({
    where: { id: { in: mine }, effect: { not: "irreversible" } }, orderBy: [{ expiresAt: "asc" }, { id: "asc" }],
    select: { id: true, agentId: true, tool: true, versionId: true, policies: true, currency: true, amountMinor: true, inputDigest: true },
  });
  const tiers = new Map((await prisma().agent.findMany({ where: { id: { in: [...new Set(rows.map(({ agentId }) => agentId))] } }, select: { id: true, tier: true } })).map(({ id, tier }) => [id, tier]));
  const together = rows.filter(({ agentId }) => whyNotTogether(tiers.get(agentId) ?? null) === null);
  const usual = await usualAmounts(together);
  const groups = groupAlike(together, (one) => usual.get(habitOf(one)) ?? null);
  const inputs = await readInputs(groups.flatMap((group) => [...group.together, ...group.leftOut.map(({ action }) => action)]).map(({ id }) => id));
  const effectOf = (row: (typeof rows)[number]): string => effectSentence({ tool: row.tool, input: inputs.get(row.id) ?? null, amount: amountOfRow(row) });
  return groups.flatMap(({ together: alike, leftOut, totalMinor, largestMinor }): ActionBatch[] => {
    const [first] = alike;
    if (!first) return [];
    const money = (minor: bigint | null): string | null => (minor === null || first.currency === null ? null : formatMinor(minor, first.currency));
    return [{
      key: first.id, agentId: first.agentId, tool: first.tool, total: money(totalMinor), largest: money(largestMinor),
      actions: alike.slice(0, MOST).map((row) => ({ id: row.id, inputDigest: row.inputDigest, effect: effectOf(row) })),
      leftOut: leftOut.map(({ action, why }) => ({ id: action.id, effect: effectOf(action), why })),
    }];
  });
}

const habitOf = ({ agentId, tool, currency }: Pick<WaitingAction, "agentId" | "tool" | "currency">): string => JSON.stringify([agentId, tool, currency]);

/** The middle amount of the last 200 that were done, by agent, tool and currency. */
async function usualAmounts(actions: readonly WaitingAction[]): Promise<Map<string, number>> {
  const asked = [...new Map(actions.map((action) => [habitOf(action), action])).values()];
  if (asked.length === 0) return new Map();
  const { rows } = await pool().query<{ agent_id: string; tool: string; currency: string | null; middle: number | null }>(
    `SELECT asked.agent_id, asked.tool, asked.currency, (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount_minor) FROM (
        SELECT amount_minor FROM action a WHERE a.agent_id = asked.agent_id AND a.tool = asked.tool AND a.currency IS NOT DISTINCT FROM asked.currency
          AND a.amount_minor IS NOT NULL AND NOT a.is_seeded AND a.state = 'committed' ORDER BY a.prepared_at DESC LIMIT 200) AS last) AS middle
     FROM unnest($1::text[], $2::text[], $3::text[]) AS asked(agent_id, tool, currency)`,
    [asked.map(({ agentId }) => agentId), asked.map(({ tool }) => tool), asked.map(({ currency }) => currency)],
  );
  return new Map(rows.flatMap((row): [string, number][] => (row.middle === null ? [] : [[habitOf({ agentId: row.agent_id, tool: row.tool, currency: row.currency }), row.middle]])));
}
