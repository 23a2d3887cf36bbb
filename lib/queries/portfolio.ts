// Are somebody's agents inside their limits, what changed, what waits, and what does a task cost?

import { pool, prisma } from "../database/database.ts";
import { agentCardSchema } from "../domain/agent-card.ts";
import type { ConstraintSource } from "../domain/authority.ts";
import { CONTROL_TIERS, type AuthorityLevel, type ControlTier } from "../domain/authority-level.ts";
import { byDaysUntilLimit, type LimitJudgement, type MonthlyBudget, type MonthSpend, type SpendForecast } from "../domain/forecast-spend.ts";
import type { InboxItem } from "../domain/inbox-item.ts";
import type { PersonActor } from "../domain/roles.ts";
import type { RangeWord } from "../domain/usual-range.ts";
import { readLevel, readSource } from "./authority.ts";
import { getInbox } from "./inbox.ts";
import { judgeDays, periodOf, readDays, type CostWeek, type PortfolioPeriod } from "./portfolio-days.ts";

export const PORTFOLIO_PAGE = 50;
const DAY = 86_400_000;

export type PortfolioScope = "mine" | "all";

/** Who answers for the whole house may see all; whoever owns something starts with that. */
export function portfolioScope(actor: PersonActor, asked: string | null | undefined): { scope: PortfolioScope; canSeeAll: boolean } {
  const canSeeAll = actor.roles.some((role) => role === "operator" || role === "auditor" || role === "administrator");
  const first = Object.keys(actor.owns).length === 0 ? "all" : "mine";
  const scope = asked === "mine" || asked === "all" ? asked : first;
  return { scope: canSeeAll ? scope : "mine", canSeeAll };
}

/** The handle after which the page begins, as it stands in the address. */
export const readPortfolioCursor = (text: string | null | undefined): string | null => (typeof text === "string" && /^[a-z0-9-]{1,63}$/.test(text) ? text : null);

export interface PortfolioAgent {
  id: string;
  team: string;
  tier: ControlTier | null;
  level: AuthorityLevel;
  binding: ConstraintSource;
  budget: MonthlyBudget | null;
  spend: MonthSpend;
  forecast: SpendForecast;
  limit: LimitJudgement;
  errors: RangeWord;
  escalations: RangeWord;
  /** The oldest first; the last one has not ended yet. */
  weeks: CostWeek[];
}

export interface PortfolioChange {
  id: string;
  agentId: string | null;
  title: string;
  class: string;
  state: string;
  decidedAt: string;
  /** Who approved, or who rejected it; empty where it passed by the policy alone. */
  by: string[];
}

export interface Portfolio {
  scope: PortfolioScope;
  canSeeAll: boolean;
  at: string;
  period: PortfolioPeriod;
  /** By days until the limit within the page; pages go by name. */
  agents: PortfolioAgent[];
  total: number;
  next: string | null;
  changes: PortfolioChange[];
  hasMoreChanges: boolean;
  waiting: InboxItem[];
  moreWaiting: number;
}

interface AgentRow {
  id: string; team: string | null; tier: number | null; level: string; binding: string; budget: unknown; total: number;
}

const IS_CHOSEN = "archived_at IS NULL AND ($1::text[] IS NULL OR id = ANY($1))";

/** Agents in a page of 50 by name, so that reading a page takes what its agents take, however many there are. */
async function readAgents(owned: readonly string[] | null, after: string | null): Promise<AgentRow[]> {
  const { rows } = await pool().query<AgentRow>(
    `SELECT id, card->>'team' AS team, tier, authority_level AS level, authority_binding AS binding, card->'monthlyBudget' AS budget,
            (SELECT count(*) FROM agent WHERE ${IS_CHOSEN}) AS total
     FROM agent WHERE ${IS_CHOSEN} AND id > $2 ORDER BY id LIMIT ${PORTFOLIO_PAGE + 1}`,
    [owned, after ?? ""],
  );
  return rows;
}

async function portfolioAgents(rows: readonly AgentRow[], period: PortfolioPeriod, now: Date): Promise<PortfolioAgent[]> {
  const days = await readDays(rows.map((row) => row.id), period, now);
  return rows
    .map((row) => {
      const budget = agentCardSchema.shape.monthlyBudget.safeParse(row.budget).data ?? null;
      return {
        id: row.id, team: row.team ?? "", tier: CONTROL_TIERS.find((tier) => tier === row.tier) ?? null, level: readLevel(row.level), binding: readSource(row.binding), budget,
        ...judgeDays(days.get(row.id) ?? [], budget, period, now),
      };
    })
    .toSorted(byDaysUntilLimit);
}

const DECIDED_DAYS = 30;
/** So few that the two questions after it are not pages away. */
const CHANGES_SHOWN = 7;

/** Approved or rejected by a person or the policy; a change of the re-review policy concerns everybody's agents. */
async function decidedChanges(owned: readonly string[] | null, now: Date): Promise<{ changes: PortfolioChange[]; hasMoreChanges: boolean }> {
  const rows = await prisma().change.findMany({
    where: {
      state: { in: ["approved", "rejected"] }, decidedAt: { gte: new Date(now.getTime() - DECIDED_DAYS * DAY) },
      ...(owned === null ? {} : { OR: [{ agentId: { in: [...owned] } }, { agentId: null }] }),
    },
    orderBy: [{ decidedAt: "desc" }, { id: "desc" }], take: CHANGES_SHOWN + 1,
    select: {
      id: true, agentId: true, title: true, class: true, state: true, fingerprint: true, decidedAt: true,
      reviews: { where: { voidedAt: null }, orderBy: { at: "asc" }, select: { personName: true, decision: true, fingerprint: true } },
    },
  });
  const changes = rows.slice(0, CHANGES_SHOWN).map(({ reviews, decidedAt, fingerprint, ...change }) => {
    const decision = change.state === "approved" ? "approve" : "reject";
    const by = reviews.filter((review) => review.decision === decision && review.fingerprint === fingerprint).map((review) => review.personName);
    return { ...change, decidedAt: (decidedAt ?? now).toISOString(), by: [...new Set(by)] };
  });
  return { changes, hasMoreChanges: rows.length > CHANGES_SHOWN };
}

const FAR = "9999";

/** What is overdue or due soonest first. */
const byDeadline = (a: InboxItem, b: InboxItem): number => {
  const [left, right] = [a.expiresAt ?? FAR, b.expiresAt ?? FAR];
  return left < right ? -1 : left > right ? 1 : a.since < b.since ? -1 : a.since > b.since ? 1 : 0;
};

export async function getPortfolio(actor: PersonActor, asked: { scope: string | null; after: string | null }, now: Date): Promise<Portfolio> {
  const { scope, canSeeAll } = portfolioScope(actor, asked.scope);
  const owned = scope === "all" ? null : Object.keys(actor.owns);
  const period = periodOf(now);
  const [rows, decided, inbox] = await Promise.all([readAgents(owned, asked.after), decidedChanges(owned, now), getInbox(actor, "mine", now)]);
  const page = rows.slice(0, PORTFOLIO_PAGE);
  return {
    scope, canSeeAll, at: now.toISOString(), period, total: rows[0]?.total ?? 0, next: rows.length > PORTFOLIO_PAGE ? (page.at(-1)?.id ?? null) : null,
    agents: await portfolioAgents(page, period, now), ...decided, waiting: inbox.items.toSorted(byDeadline), moreWaiting: inbox.more,
  };
}
