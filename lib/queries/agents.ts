// Which agents are there, how do they stand, and what does one agent look like?

import { pool, prisma } from "../database/database.ts";
import { loadAuthorityFacts } from "../database/authority-facts.ts";
import { cardIsComplete } from "./card-is-complete.ts";
import { agentCardSchema, type AgentCard } from "../domain/agent-card.ts";
import { agentState, CAPPING_SOURCES, isHeldBelow, type AgentState } from "../domain/agent-state.ts";
import { computeAuthority, type Authority, type ConstraintSource } from "../domain/authority.ts";
import { CONTROL_TIERS, type AuthorityLevel, type ControlTier } from "../domain/authority-level.ts";
import { OWNER_ROLES, type OwnerRole } from "../domain/roles.ts";
import { stopCovers } from "../domain/stop-scope.ts";
import type { StopStanding } from "../domain/stop-words.ts";
import { readLevel, readSource } from "./authority.ts";
import { findSilence, listNotReporting, type Silence } from "./not-reporting.ts";
import { listEngagedWords, standingFor } from "./stops.ts";

export interface AgentFilter {
  q?: string | undefined;
  status?: AgentState | undefined;
  team?: string | undefined;
  /** `none`: no tier is set. */
  tier?: "0" | "1" | "2" | "none" | undefined;
  level?: AuthorityLevel | undefined;
}

/** Agent ids, exclusive; at most one of the two. */
export interface AgentCursor {
  after?: string | undefined;
  before?: string | undefined;
}

export interface AgentRow {
  id: string;
  team: string;
  tier: ControlTier | null;
  stage: string;
  level: AuthorityLevel;
  binding: ConstraintSource;
  state: AgentState;
  /** How far the stops that cover it have come; null where none does. */
  stop: StopStanding | null;
  version: { number: number; label: string | null } | null;
  openChanges: number;
  openFindings: number;
  overrides: number;
  lastSeenAt: Date | null;
  /** Over seven days. */
  runs: number;
  successRate: number | null;
  escalationRate: number | null;
  costPerTaskNanoUsd: number | null;
}

/** What a browser draws at once: forty rows are under 1,500 elements. */
const PAGE = 40;
const WEEK = 7 * 86_400_000;

/** One row of the list, as the database gives it. */
interface ListedRow {
  id: string; team: string | null; tier: number | null; stage: string; level: string; binding: string; number: number | null; label: string | null;
  changes: number; findings: number; overrides: number; complete: boolean; last_seen_at: Date | null; version_id: string | null;
}

const COUNT_CHANGES = "(SELECT count(*) FROM change c WHERE c.agent_id = a.id AND c.state = 'open')";
const COUNT_FINDINGS = "(SELECT count(*) FROM finding f WHERE f.agent_id = a.id AND f.state = 'open')";
const HAS_FINDING = "EXISTS (SELECT 1 FROM finding f WHERE f.agent_id = a.id AND f.state = 'open')";

const rankOf = (expression: string): string => `array_position(ARRAY['stopped', 'shadow', 'assisted', 'partial', 'bounded'], ${expression})`;
/** `isHeldBelow` in SQL. */
const IS_HELD_BELOW = `${rankOf("a.authority_level")} < least(CASE WHEN a.current_version_id IS NULL THEN 2 ELSE ${rankOf("a.stage")} END, CASE a.tier WHEN 2 THEN 5 WHEN 1 THEN 3 ELSE 2 END)`;

/** Each state in SQL, by itself; an agent can be in several and is shown as the most serious. */
const STATE_CONDITIONS: Record<AgentState, (silent: string, capping: string) => string> = {
  stopped: () => "a.authority_level = 'stopped'",
  finding: () => HAS_FINDING,
  incomplete: () => `NOT ${cardIsComplete("a")}`,
  capped: (_silent, capping) => `a.authority_level <> 'stopped' AND (a.authority_binding = ANY(${capping}) OR (a.authority_binding IN ('stage', 'tier') AND ${IS_HELD_BELOW}))`,
  not_reporting: (silent) => `a.id = ANY(${silent})`,
  normal: (silent, capping) =>
    `a.authority_level <> 'stopped' AND NOT ${HAS_FINDING} AND a.authority_binding <> ALL(${capping}) AND NOT (${IS_HELD_BELOW}) AND ${cardIsComplete("a")} AND a.id <> ALL(${silent})`,
};

/** Pages in the order of the handles, so that no row moves while somebody reads. */
export async function listAgents(filter: AgentFilter, cursor: AgentCursor, now: Date): Promise<{ rows: AgentRow[]; hasNext: boolean; hasPrevious: boolean }> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const silent = await listNotReporting(now);
  const where = ["a.archived_at IS NULL", ...conditions(filter, silent, bind)];
  const isBack = cursor.before !== undefined;
  if (cursor.after !== undefined) where.push(`a.id > ${bind(cursor.after)}`);
  if (isBack) where.push(`a.id < ${bind(cursor.before)}`);
  const { rows } = await pool().query<ListedRow>(
    `SELECT a.id, a.card->>'team' AS team, a.tier, a.stage, a.authority_level AS level, a.authority_binding AS binding, a.current_version_id AS version_id, v.number, v.label, a.last_seen_at,
            ${COUNT_CHANGES} AS changes, ${COUNT_FINDINGS} AS findings, ${cardIsComplete("a")} AS complete,
            (SELECT count(*) FROM override o WHERE o.agent_id = a.id AND o.revoked_at IS NULL AND o.expires_at > ${bind(now)}) AS overrides
     FROM agent a LEFT JOIN agent_version v ON v.id = a.current_version_id
     WHERE ${where.join(" AND ")} ORDER BY a.id ${isBack ? "DESC" : "ASC"} LIMIT ${PAGE + 1}`,
    values,
  );
  const page = rows.slice(0, PAGE);
  if (isBack) page.reverse();
  const [week, stops] = await Promise.all([sumsOfWeek(page.map((row) => row.id), now), page.some((row) => row.level === "stopped") ? listEngagedWords() : []]);
  const hasMore = rows.length > PAGE;
  return {
    rows: page.map((row) => ({ ...asAgentRow(row, week.get(row.id), silent), stop: standingFor({ id: row.id, tier: row.tier, currentVersionId: row.version_id }, stops) })),
    hasNext: isBack || hasMore,
    hasPrevious: isBack ? hasMore : cursor.after !== undefined,
  };
}

function conditions(filter: AgentFilter, silent: readonly string[], bind: (value: unknown) => string): string[] {
  const result: string[] = [];
  if (filter.q) {
    const pattern = bind(`%${filter.q.replace(/[\\%_]/g, "\\$&")}%`);
    result.push(`(a.id ILIKE ${pattern} OR a.card->>'team' ILIKE ${pattern} OR a.card->>'purpose' ILIKE ${pattern})`);
  }
  if (filter.team) result.push(`a.card->>'team' = ${bind(filter.team)}`);
  if (filter.tier) result.push(filter.tier === "none" ? "a.tier IS NULL" : `a.tier = ${bind(Number(filter.tier))}`);
  if (filter.level) result.push(`a.authority_level = ${bind(filter.level)}`);
  if (filter.status) result.push(stateCondition(filter.status, silent, bind));
  return result;
}

function stateCondition(state: AgentState, silentIds: readonly string[], bind: (value: unknown) => string): string {
  const silent = state === "not_reporting" || state === "normal" ? `${bind(silentIds)}::text[]` : "";
  const capping = state === "capped" || state === "normal" ? `${bind(CAPPING_SOURCES)}::text[]` : "";
  return `(${STATE_CONDITIONS[state](silent, capping)})`;
}

interface WeekSums {
  agent_id: string; runs: number; successes: number; failures: number; escalated: number; cost_known: number; cost: number;
}

async function sumsOfWeek(agentIds: readonly string[], now: Date): Promise<Map<string, WeekSums>> {
  const { rows } = await pool().query<WeekSums>(
    `SELECT agent_id, sum(runs) AS runs, sum(successes) AS successes, sum(failures) AS failures, sum(escalated) AS escalated,
            sum(cost_known_runs) AS cost_known, sum(cost_nano_usd)::float8 AS cost
     FROM rollup WHERE agent_id = ANY($1) AND hour > $2 GROUP BY agent_id`,
    [agentIds, new Date(now.getTime() - WEEK)],
  );
  return new Map(rows.map((row) => [row.agent_id, row]));
}

const share = (hits: number, n: number): number | null => (n === 0 ? null : hits / n);

const readTier = (value: number | null): ControlTier | null => CONTROL_TIERS.find((tier) => tier === value) ?? null;

function asAgentRow(row: ListedRow, week: WeekSums | undefined, silent: readonly string[]): Omit<AgentRow, "stop"> {
  const level = readLevel(row.level);
  const binding = readSource(row.binding);
  const tier = readTier(row.tier);
  const hasVersion = row.number !== null;
  const isHeld = isHeldBelow(level, row.stage, tier, hasVersion);
  return {
    id: row.id, team: row.team ?? "", tier, stage: row.stage, level, binding, lastSeenAt: row.last_seen_at,
    state: agentState({ level, binding, isHeldBelow: isHeld, openFindings: row.findings, isNotReporting: silent.includes(row.id), isComplete: row.complete }),
    version: row.number === null ? null : { number: row.number, label: row.label },
    openChanges: row.changes, openFindings: row.findings, overrides: row.overrides,
    runs: week?.runs ?? 0,
    successRate: week ? share(week.successes, week.successes + week.failures) : null,
    escalationRate: week ? share(week.escalated, week.runs) : null,
    costPerTaskNanoUsd: week && week.cost_known > 0 ? week.cost / week.cost_known : null,
  };
}

export interface FleetSummary {
  total: number;
  byState: Record<AgentState, number>;
  teams: string[];
}

export async function getFleetSummary(now: Date): Promise<FleetSummary> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const silent = await listNotReporting(now);
  const states = (Object.keys(STATE_CONDITIONS) as AgentState[]).map((state) => `count(*) FILTER (WHERE ${stateCondition(state, silent, bind)}) AS "${state}"`);
  const { rows } = await pool().query<Record<AgentState, number> & { total: number; teams: string[] | null }>(
    `SELECT count(*) AS total, array_agg(DISTINCT a.card->>'team') FILTER (WHERE a.card->>'team' <> '') AS teams, ${states.join(", ")} FROM agent a WHERE a.archived_at IS NULL`,
    values,
  );
  const { total = 0, teams = null, ...byState } = rows[0] ?? {};
  return { total, teams: (teams ?? []).toSorted(), byState: byState as Record<AgentState, number> };
}

export interface AgentOwnerRow {
  role: OwnerRole;
  personId: string;
  name: string;
  isDeputy: boolean;
  deputyUntil: Date | null;
  /** A deputy whose last day is over, or somebody who can no longer sign in. */
  isInForce: boolean;
}

export interface AgentDetail {
  id: string;
  card: AgentCard;
  cardRevision: number;
  cardEditedAt: Date;
  missing: readonly string[];
  owners: AgentOwnerRow[];
  tier: ControlTier | null;
  tierSetAt: Date | null;
  tierSetBy: string | null;
  stage: string;
  stageSince: Date;
  version: { id: string; number: number; label: string | null; fingerprint: string } | null;
  createdAt: Date;
  lastSeenAt: Date | null;
  openFindings: number;
  runsInWeek: number;
  state: AgentState;
  /** Set while it is not reporting. */
  silence: Silence | null;
  /** How far the stops that cover the whole of it have come; null where none does. */
  stop: StopStanding | null;
  /** Of each stop that covers it or one of its tools, in words. */
  stopWords: Readonly<Record<string, string>>;
  authority: Authority;
}

/** Everything that each page about one agent shows in its head; null when there is none. */
export async function findAgent(agentId: string, now: Date): Promise<AgentDetail | null> {
  const agent = await prisma().agent.findUnique({
    where: { id: agentId, archivedAt: null },
    select: {
      id: true, card: true, cardRevision: true, cardEditedAt: true, tier: true, tierSetAt: true, tierSetBy: true, stage: true, stageSince: true, createdAt: true, lastSeenAt: true,
      currentVersion: { select: { id: true, number: true, label: true, fingerprint: true } },
      owners: { select: { role: true, personId: true, isDeputy: true, deputyUntil: true, person: { select: { name: true, disabledAt: true } } } },
      _count: { select: { findings: { where: { state: "open" } } } },
    },
  });
  if (!agent) return null;
  const [facts, week, stops, silence] = await Promise.all([loadAuthorityFacts(prisma(), agentId, now), sumsOfWeek([agentId], now), listEngagedWords(), findSilence(agent, now)]);
  const covered = { id: agentId, tier: agent.tier, currentVersionId: agent.currentVersion?.id ?? null };
  const authority = computeAuthority(facts, now);
  const { card, tier, owners, currentVersion, _count, ...rest } = agent;
  return {
    ...rest, card: agentCardSchema.parse(card), tier: readTier(tier), missing: facts.cardMissing, version: currentVersion,
    owners: owners.map((owner) => asOwner(owner, now)).filter((owner): owner is AgentOwnerRow => owner !== null),
    openFindings: _count.findings, runsInWeek: week.get(agentId)?.runs ?? 0, authority, silence,
    stop: standingFor(covered, stops), stopWords: Object.fromEntries(stops.filter((stop) => stopCovers(stop, covered)).map(({ id, words }) => [id, words])),
    state: agentState({
      level: authority.level, binding: authority.binding.source, isHeldBelow: isHeldBelow(authority.level, agent.stage, readTier(tier), currentVersion !== null), openFindings: _count.findings, isNotReporting: silence !== null, isComplete: facts.cardMissing.length === 0,
    }),
  };
}

function asOwner(
  owner: { role: string; personId: string; isDeputy: boolean; deputyUntil: Date | null; person: { name: string; disabledAt: Date | null } }, now: Date,
): AgentOwnerRow | null {
  const role = OWNER_ROLES.find((known) => known === owner.role);
  if (!role) return null;
  const isOver = owner.isDeputy && (owner.deputyUntil === null || owner.deputyUntil <= now);
  return { role, personId: owner.personId, name: owner.person.name, isDeputy: owner.isDeputy, deputyUntil: owner.deputyUntil, isInForce: !isOver && owner.person.disabledAt === null };
}

/** What an open page asks for again: when one of these moved, it is out of date. */
export interface AgentPulse {
  level: string;
  binding: string;
  stage: string;
  tier: number | null;
  /** Who holds which role, and until when. */
  owners: string | null;
  openFindings: number;
  openChanges: number;
  /** How many actions wait for a person, and since when the oldest. */
  held: string;
  overrides: number;
  authorityRecord: number;
  versionId: string | null;
  cardRevision: number;
  lastSeenAt: string | null;
  isNotReporting: boolean;
  /** How far each stop that covers it has come. */
  stops: string;
}

export async function findAgentPulse(agentId: string, now: Date): Promise<AgentPulse | null> {
  const [{ rows }, stops] = await Promise.all([pool().query<{ level: string; binding: string; findings: number; changes: number; held: string; overrides: number; record: number; stage: string; tier: number | null; owners: string | null; version: string | null; revision: number; seen: Date | null }>(
    `SELECT a.authority_level AS level, a.authority_binding AS binding, ${COUNT_FINDINGS} AS findings, ${COUNT_CHANGES} AS changes,
            (SELECT count(*) || ' ' || coalesce(min(h.prepared_at)::text, '') FROM action h WHERE h.agent_id = a.id AND h.state = 'held' AND h.expires_at > $2) AS held,
            (SELECT count(*) FROM override o WHERE o.agent_id = a.id AND o.revoked_at IS NULL AND o.expires_at > $2) AS overrides,
            (SELECT coalesce(max(r.id), 0) FROM authority_record r WHERE r.agent_id = a.id) AS record,
            (SELECT string_agg(concat_ws(' ', o.role, o.person_id, o.is_deputy, o.deputy_until), ',' ORDER BY o.role, o.person_id) FROM agent_owner o WHERE o.agent_id = a.id) AS owners,
            a.stage, a.tier, a.current_version_id AS version, a.card_revision AS revision, a.last_seen_at AS seen
     FROM agent a WHERE a.id = $1 AND a.archived_at IS NULL`,
    [agentId, now],
  ), listEngagedWords()]);
  const row = rows[0];
  if (row === undefined) return null;
  const covered = { id: agentId, tier: row.tier, currentVersionId: row.version };
  return {
    level: row.level, binding: row.binding, stage: row.stage, tier: row.tier, owners: row.owners, openFindings: row.findings, openChanges: row.changes, held: row.held, overrides: row.overrides, authorityRecord: row.record,
    versionId: row.version, cardRevision: row.revision, // By the minute: a busy agent would otherwise render its page anew with every span.
    lastSeenAt: row.seen?.toISOString().slice(0, 16) ?? null, isNotReporting: (await findSilence({ id: agentId, lastSeenAt: row.seen }, now)) !== null,
    stops: stops.filter((stop) => stopCovers(stop, covered)).map(({ id, words }) => `${id} ${words}`).join("\n"),
  };
}
