// Which tier does each agent have, and who answers for it?

import { pool, prisma } from "../database/database.ts";
import { agentCardSchema } from "../domain/agent-card.ts";
import { AUTHORITY_LEVELS, CONTROL_TIERS, type AuthorityLevel, type ControlTier } from "../domain/authority-level.ts";
import { missingFromCard } from "../domain/card-completeness.ts";
import { OWNER_ROLES, type OwnerRole } from "../domain/roles.ts";
import { readLevel } from "./authority.ts";
import { cardIsComplete, countOfOwners } from "./card-is-complete.ts";

export const RISK_NEEDS = ["unowned", "no_tier", "incomplete"] as const;
export type RiskNeed = (typeof RISK_NEEDS)[number];

export interface RiskFilter {
  q?: string | undefined;
  tier?: "0" | "1" | "2" | "none" | undefined;
  team?: string | undefined;
  needs?: RiskNeed | undefined;
}

export interface RiskRow {
  id: string;
  team: string;
  tier: ControlTier | null;
  tierSetAt: Date | null;
  tierSetBy: string | null;
  stage: string;
  level: AuthorityLevel;
  owners: Partial<Record<OwnerRole, string>>;
  budget: { amountMinor: number; currency: string } | null;
  missing: string[];
}

/** What needs a person comes first: nobody answers, no tier, incomplete, then the highest tier. Lower is more urgent. */
const urgency = `(CASE WHEN ${countOfOwners("a")} < ${OWNER_ROLES.length} THEN 0 WHEN a.tier IS NULL THEN 1 WHEN NOT ${cardIsComplete("a")} THEN 2 ELSE 5 - a.tier END)`;

const NEED_CONDITIONS: Record<RiskNeed, string> = {
  unowned: `${countOfOwners("a")} < ${OWNER_ROLES.length}`,
  no_tier: "a.tier IS NULL",
  incomplete: `NOT ${cardIsComplete("a")}`,
};

const PAGE = 50;

/** Where the list goes on, as it stands in the address: urgency and handle of the last row. */
export function readRiskCursor(text: string | undefined): { urgency: number; id: string } | null {
  const match = /^(\d)~([a-z0-9-]{1,63})$/.exec(text ?? "");
  return match?.[1] && match[2] ? { urgency: Number(match[1]), id: match[2] } : null;
}

export async function listRisk(filter: RiskFilter, after: { urgency: number; id: string } | null): Promise<{ rows: RiskRow[]; next: string | null }> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const where = ["a.archived_at IS NULL"];
  if (filter.q) where.push(`(a.id ILIKE ${bind(`%${filter.q.replace(/[\\%_]/g, "\\$&")}%`)} OR a.card->>'team' ILIKE $${values.length})`);
  if (filter.team) where.push(`a.card->>'team' = ${bind(filter.team)}`);
  if (filter.tier) where.push(filter.tier === "none" ? "a.tier IS NULL" : `a.tier = ${bind(Number(filter.tier))}`);
  if (filter.needs) where.push(NEED_CONDITIONS[filter.needs]);
  const { rows } = await pool().query<{ id: string; urgency: number }>(
    `SELECT id, urgency FROM (SELECT a.id, ${urgency} AS urgency FROM agent a WHERE ${where.join(" AND ")}) listed
     ${after ? `WHERE (urgency, id) > (${bind(after.urgency)}, ${bind(after.id)})` : ""} ORDER BY urgency, id LIMIT ${PAGE + 1}`,
    values,
  );
  const page = rows.slice(0, PAGE);
  const last = page.at(-1);
  return { rows: await riskRows(page.map((row) => row.id)), next: rows.length > PAGE && last ? `${last.urgency}~${last.id}` : null };
}

async function riskRows(ids: readonly string[]): Promise<RiskRow[]> {
  const agents = await prisma().agent.findMany({
    where: { id: { in: [...ids] } },
    select: {
      id: true, card: true, tier: true, tierSetAt: true, tierSetBy: true, stage: true, authorityLevel: true,
      owners: { where: { isDeputy: false, person: { disabledAt: null } }, select: { role: true, person: { select: { name: true } } } },
    },
  });
  const byId = new Map(agents.map((agent) => [agent.id, agent]));
  return ids.flatMap((id) => {
    const agent = byId.get(id);
    if (!agent) return [];
    const card = agentCardSchema.parse(agent.card);
    const tier = CONTROL_TIERS.find((known) => known === agent.tier) ?? null;
    const owners = Object.fromEntries(agent.owners.map((owner) => [owner.role, owner.person.name])) as Partial<Record<OwnerRole, string>>;
    const named = Object.fromEntries(Object.entries(owners).map(([role, name]) => [role, { name }]));
    return [{
      id, team: card.team, tier, tierSetAt: agent.tierSetAt, tierSetBy: agent.tierSetBy, stage: agent.stage, level: readLevel(agent.authorityLevel), owners,
      budget: card.monthlyBudget, missing: missingFromCard(card, named, tier),
    }];
  });
}

export interface TierCount {
  tier: ControlTier | null;
  agents: number;
  /** By the level that they have now. */
  byLevel: Record<AuthorityLevel, number>;
  unowned: number;
  incomplete: number;
}

/** Tier 2 first, agents without a tier last; all four rows, also where there is nobody. */
export async function countByTier(): Promise<{ tiers: TierCount[]; teams: string[] }> {
  const [{ rows }, teams] = await Promise.all([
    pool().query<{ tier: number | null; agents: number; unowned: number; incomplete: number } & Record<AuthorityLevel, number>>(
      `SELECT a.tier, count(*) AS agents, count(*) FILTER (WHERE ${NEED_CONDITIONS.unowned}) AS unowned, count(*) FILTER (WHERE ${NEED_CONDITIONS.incomplete}) AS incomplete,
              ${AUTHORITY_LEVELS.map((level) => `count(*) FILTER (WHERE a.authority_level = '${level}') AS ${level}`).join(", ")}
       FROM agent a WHERE a.archived_at IS NULL GROUP BY a.tier`,
    ),
    pool().query<{ team: string }>("SELECT DISTINCT card->>'team' AS team FROM agent WHERE archived_at IS NULL AND card->>'team' <> '' ORDER BY 1"),
  ]);
  const tiers = [2, 1, 0, null].map((tier) => {
    const row = rows.find((each) => each.tier === tier);
    const byLevel = Object.fromEntries(AUTHORITY_LEVELS.map((level) => [level, row?.[level] ?? 0])) as Record<AuthorityLevel, number>;
    return { tier: tier as ControlTier | null, agents: row?.agents ?? 0, unowned: row?.unowned ?? 0, incomplete: row?.incomplete ?? 0, byLevel };
  });
  return { tiers, teams: teams.rows.map((row) => row.team) };
}

/** The answers that led to the tier an agent has, or to the newest proposal. */
export async function findTierAnswers(agentId: string): Promise<{ answers: Record<string, boolean>; openChangeId: string | null }> {
  const changes = await prisma().change.findMany({
    where: { agentId, kind: "tier", state: { in: ["open", "approved"] } }, orderBy: { proposedAt: "desc" }, take: 5, select: { id: true, state: true, proposal: true },
  });
  const proposal = changes[0]?.proposal as { answers?: unknown } | null | undefined;
  const given = typeof proposal?.answers === "object" && proposal.answers !== null ? Object.entries(proposal.answers) : [];
  const answers = Object.fromEntries(given.filter((entry): entry is [string, boolean] => typeof entry[1] === "boolean"));
  return { answers, openChangeId: changes.find((change) => change.state === "open")?.id ?? null };
}

export async function findOpenStageChange(agentId: string): Promise<string | null> {
  const change = await prisma().change.findFirst({ where: { agentId, kind: "stage", state: "open" }, select: { id: true } });
  return change?.id ?? null;
}
