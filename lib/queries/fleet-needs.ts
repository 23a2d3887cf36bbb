// Which agents are not normal, page by page, and what does each need?

import { pool } from "../database/database.ts";
import { countHealth, HEALTH_NAMES, HEALTH_OF_PATH, type HealthState } from "../domain/fleet-health.ts";
import { needOf, type NeedFacts, type NeedTarget } from "../domain/fleet-need.ts";
import { pathWords } from "../domain/stop-path-words.ts";
import { paths } from "../paths.ts";
import { readFleet } from "./fleet-facts.ts";
import { getStopPath, type StopPath } from "./stop-path.ts";

export interface ShownNeed {
  /** Of an agent, or of the stop path. */
  name: string;
  href: string;
  state: HealthState;
  word: string;
  sentence: string;
  /** ISO; null where it is not known since when. */
  since: string | null;
  /** The one next step. */
  next: { label: string; href: string };
}

/** Only of those that are listed. */
async function withMatters(facts: readonly NeedFacts[]): Promise<NeedFacts[]> {
  const ids = facts.map(({ id }) => id);
  if (ids.length === 0) return [];
  const [findings, changes] = await Promise.all([
    pool().query<NonNullable<NeedFacts["finding"]> & { agentId: string }>(
      `SELECT DISTINCT ON (f.agent_id) f.id, f.agent_id AS "agentId", f.sentence, f.opened_at AS "openedAt", CASE WHEN c.state = 'open' THEN c.id END AS "openChangeId"
       FROM finding f LEFT JOIN change c ON c.id = f.change_id WHERE f.state = 'open' AND f.agent_id = ANY($1) ORDER BY f.agent_id, f.opened_at`, [ids]),
    pool().query<NonNullable<NeedFacts["change"]> & { agentId: string }>(
      `SELECT DISTINCT ON (agent_id) id, agent_id AS "agentId", title, proposed_at AS "proposedAt", expires_at AS "expiresAt"
       FROM change WHERE state = 'open' AND class = 'critical' AND agent_id = ANY($1) ORDER BY agent_id, proposed_at`, [ids]),
  ]);
  const findingOf = new Map(findings.rows.map((row) => [row.agentId, row]));
  const changeOf = new Map(changes.rows.map((row) => [row.agentId, row]));
  return facts.map((one) => ({ ...one, finding: findingOf.get(one.id) ?? null, change: changeOf.get(one.id) ?? null }));
}

function hrefOf(target: NeedTarget): string {
  if (target.kind === "stop") return paths.stopOf(target.stopId);
  if (target.kind === "finding") return paths.finding(target.findingId);
  if (target.kind === "change") return paths.change(target.changeId);
  return target.kind === "metrics" ? paths.agentMetrics(target.agentId) : paths.agent(target.agentId);
}

function shownNeed(facts: NeedFacts, now: Date): ShownNeed[] {
  const need = needOf(facts, now);
  return need ? [{ name: need.agentId, href: paths.agent(need.agentId), state: need.state, word: need.word, sentence: need.sentence, since: need.since?.toISOString() ?? null, next: { label: need.step.label, href: hrefOf(need.step.target) } }] : [];
}

export const listNeeds = async (facts: readonly NeedFacts[], now: Date): Promise<ShownNeed[]> => (await withMatters(facts)).flatMap((one) => shownNeed(one, now));

/** Nothing when the stop path is in order. It fails for all agents at once, and so comes first. */
export function pathNeed({ last, since }: Pick<StopPath, "last" | "since">, now: Date): ShownNeed[] {
  const { state: pathState, title, detail } = pathWords(last, since, now);
  const state = HEALTH_OF_PATH[pathState];
  return state === null ? [] : [{ name: "Stop path", href: paths.stops(), state, word: HEALTH_NAMES[state], sentence: `${title}. ${detail}`, since: (last?.at ?? since)?.toISOString() ?? null, next: { label: "Look at the path", href: paths.stops() } }];
}

export const ABNORMAL_STATES = ["stopped", "critical", "not_reporting", "warning"] as const satisfies readonly HealthState[];
export type AbnormalState = (typeof ABNORMAL_STATES)[number];

export const isAbnormalState = (value: unknown): value is AbnormalState => (ABNORMAL_STATES as readonly unknown[]).includes(value);

export interface FleetNeeds {
  /** Null: all of them. */
  state: AbnormalState | null;
  needs: ShownNeed[];
  counts: Record<AbnormalState | "all", number>;
  /** From 1; never beyond the last. */
  page: number;
  pages: number;
  checkedAt: string;
}

const PAGE = 50;

/** Exactly what the counters and the list of `/now` count, in the same order. */
export async function getFleetNeeds(asked: { state: AbnormalState | null; page: number }, now: Date): Promise<FleetNeeds> {
  const [{ facts, sorted }, path] = await Promise.all([readFleet(now), getStopPath(now)]);
  const { stopped, critical, warning, notReporting } = countHealth(sorted, 0, pathWords(path.last, path.since, now).state);
  const wanted = sorted.filter(({ state }) => (asked.state === null ? state !== "normal" : state === asked.state));
  const pages = Math.max(1, Math.ceil(wanted.length / PAGE));
  const page = Math.min(pages, Math.max(1, asked.page));
  const shown = wanted.slice((page - 1) * PAGE, page * PAGE).flatMap(({ id }) => facts.get(id) ?? []);
  const ofPath = pathNeed(path, now).filter(({ state }) => asked.state === null || state === asked.state);
  return {
    state: asked.state, page, pages, needs: [...(page === 1 ? ofPath : []), ...(await listNeeds(shown, now))], checkedAt: now.toISOString(),
    counts: { all: stopped + critical + warning + notReporting, stopped, critical, not_reporting: notReporting, warning },
  };
}
