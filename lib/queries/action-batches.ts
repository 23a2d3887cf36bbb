// Which of the actions that wait could this person decide together?

import { prisma } from "../database/database.ts";
import { groupAlike, whyNotTogether } from "../domain/alike-actions.ts";
import { effectSentence } from "../domain/effect-sentence.ts";
import type { PersonActor } from "../domain/roles.ts";
import { formatMinor } from "../format.ts";
import { myActionIds } from "./action-requests.ts";
import { amountOfRow, readInputs } from "./actions.ts";
import { usualAmounts } from "./usual-amounts.ts";

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
/** Among so many that end soonest. */
const READ = 1_000;

/** Only what waits for this very person; nothing of an agent at tier 2. */
export async function listActionBatches(actor: PersonActor, now: Date): Promise<ActionBatch[]> {
  const mine = await myActionIds(actor, READ, now);
  if (mine.length < 2) return [];
  const rows = await prisma().action.findMany({
    where: { id: { in: mine }, effect: { not: "irreversible" } }, orderBy: [{ expiresAt: "asc" }, { id: "asc" }],
    select: { id: true, agentId: true, tool: true, versionId: true, policies: true, currency: true, amountMinor: true, inputDigest: true },
  });
  const tiers = new Map((await prisma().agent.findMany({ where: { id: { in: [...new Set(rows.map(({ agentId }) => agentId))] } }, select: { id: true, tier: true } })).map(({ id, tier }) => [id, tier]));
  const together = rows.filter(({ agentId }) => whyNotTogether(tiers.get(agentId) ?? null) === null);
  const usual = await usualAmounts(together);
  const groups = groupAlike(together, usual);
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
