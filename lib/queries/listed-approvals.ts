// Which of the actions that wait can be said yes to from a list, and what has to stand there for that?

import type { Prisma } from "../../generated/prisma/client.ts";
import { prisma } from "../database/database.ts";
import type { Json } from "../domain/manifest.ts";
import { whyReadFirst, type ListedApproval } from "../domain/read-first.ts";
import { signOfRepeat } from "../domain/unusual-call.ts";
import { reversibilityOf } from "./action.ts";
import { readHistory } from "./action-history.ts";
import { readInputs } from "./actions.ts";
import { usualAmounts } from "./usual-amounts.ts";

const ROW = {
  id: true, agentId: true, tool: true, versionId: true, policies: true, currency: true, amountMinor: true, inputDigest: true, effect: true, approvalsNeeded: true, question: true, sentence: true,
  justification: true, compensation: true, reversibleUntil: true, preparedAt: true,
} as const satisfies Prisma.ActionSelect;

async function readListed(ids: readonly string[]) {
  const rows = ids.length === 0 ? [] : await prisma().action.findMany({ where: { id: { in: [...ids] }, state: "held" }, select: ROW });
  if (rows.length === 0) return [];
  const [inputs, usualOf, agents] = await Promise.all([
    readInputs(rows.map(({ id }) => id)), usualAmounts(rows),
    prisma().agent.findMany({ where: { id: { in: [...new Set(rows.map(({ agentId }) => agentId))] } }, select: { id: true, tier: true } }),
  ]);
  const tiers = new Map(agents.map(({ id, tier }) => [id, tier]));
  return rows.map((row) => {
    const [input, usualMinor] = [inputs.get(row.id) ?? null, usualOf(row)];
    return { row, input, usualMinor, why: whyReadFirst({ ...row, tier: tiers.get(row.agentId) ?? null, input }, usualMinor) };
  });
}

/** By id; what has to be read first is not among them. Whether this person may say yes is asked elsewhere. */
export async function listedApprovals(ids: readonly string[]): Promise<ReadonlyMap<string, ListedApproval>> {
  const listed = await readListed(ids);
  return new Map(listed.flatMap(({ row, input, usualMinor, why }): [string, ListedApproval][] => (why !== null ? [] : [[row.id, {
    inputDigest: row.inputDigest, input: input as Json, because: row.sentence, justification: row.justification, reversibility: reversibilityOf(row).kind,
    tool: row.tool, versionId: row.versionId, policies: row.policies, currency: row.currency, amountMinor: row.amountMinor?.toString() ?? null, usualMinor,
  }]])));
}

/** Asked once more when somebody says yes, and then of the agent's history too, which is too much for every row. Null: a list is enough. */
export async function whyNotFromList(actionId: string): Promise<string | null> {
  const [listed] = await readListed([actionId]);
  if (!listed) return "It is decided already.";
  if (listed.why !== null) return listed.why;
  const repeat = signOfRepeat(listed.row.tool, await readHistory({ ...listed.row, input: listed.input }));
  return repeat === null ? null : `${repeat.replaceAll("`", "")} Open it and read it first.`;
}
