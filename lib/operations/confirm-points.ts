// What do enforcement points say that they apply? Stored for many at once, because each of them says it every few seconds.

import { urgentDatabase } from "../database/database.ts";
import { isDatabaseUnavailable } from "../database/is-database-unavailable.ts";
import { LEASE_MS } from "../domain/bundle.ts";
import { Unavailable } from "../errors.ts";
import { newId } from "../new-id.ts";
import { announcePoints } from "./announce-points.ts";

/**
 * `current`: it applies what holds now. `late`: it applies what held a moment ago. `old`: it is behind. `false`: what it says cannot be
 * true, and `fault` says why.
 */
export type Standing = "current" | "late" | "old" | "false";

export interface Confirmation {
  agentId: string;
  /** Of the point. */
  name: string;
  /** Which of those that call themselves so. */
  instance: string;
  kind: string;
  keyId: string | null;
  /** As it was set up: it goes on reading when its lease has run out. */
  readsWithoutLease: boolean;
  standing: Standing;
  fault: string | null;
  /** Of the bundle it applies; null when that is none of ours. */
  epoch: number | null;
  /** Those named in the bundle it applies. */
  stopIds: readonly string[];
  rehearsalIds: readonly string[];
  isLeaving: boolean;
}

/** `refused`: the key behind the point is revoked, and nothing was stored. */
export type Confirmed = "leased" | "behind" | "left" | "refused";

// Whoever went back holds an older bundle than it had confirmed. A point keeps the lease it had, when it gets none anew, or a shorter one: until
// then it may decide. All by the clock that judges leases and stops, and after the point asked: so a lease ends here no sooner than there.
const STORE = `WITH given AS (
  SELECT g.*, statement_timestamp() AS at FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::boolean[], $16::text[], $17::boolean[])
    AS g(place, id, agent_id, name, kind, key_id, standing, fault, epoch, is_leaving, instance, reads_without_lease)
), judged AS (
  SELECT g.*, e.fault AS fault_before, e.fault_at AS fault_at_before, e.lease_until AS lease_before,
    CASE WHEN g.standing = 'false' THEN g.fault WHEN g.standing IN ('old', 'late') AND g.epoch < e.epoch THEN 'It went back from epoch ' || e.epoch || ' to ' || g.epoch || '.' END AS said_false
  FROM given g LEFT JOIN enforcement_point e ON e.agent_id = g.agent_id AND e.name = g.name AND e.instance = g.instance
    LEFT JOIN api_key k ON k.id = g.key_id LEFT JOIN person p ON p.id = k.person_id
  WHERE g.key_id IS NULL OR (k.id IS NOT NULL AND k.revoked_at IS NULL AND (k.person_id IS NULL OR (p.id IS NOT NULL AND p.disabled_at IS NULL)))
), decided AS (
  SELECT *, NOT is_leaving AND said_false IS NULL AND standing IN ('current', 'late') AS is_leased FROM judged
), stored AS (
  INSERT INTO enforcement_point AS e (id, agent_id, name, instance, kind, key_id, reads_without_lease, epoch, epoch_confirmed_at, first_heard_at, last_heard_at, lease_until, left_at, fault, fault_at)
  SELECT id, agent_id, name, instance, kind, key_id, reads_without_lease, CASE WHEN said_false IS NULL THEN epoch END, CASE WHEN said_false IS NULL AND epoch IS NOT NULL THEN at END, at, at,
    CASE WHEN is_leaving THEN at WHEN is_leased THEN greatest(lease_before, at + $15 * interval '1 millisecond') ELSE coalesce(lease_before, at) END,
    CASE WHEN is_leaving THEN at END,
    CASE WHEN said_false IS NOT NULL THEN said_false WHEN standing <> 'current' THEN fault_before END,
    CASE WHEN said_false IS NOT NULL THEN at WHEN standing <> 'current' THEN fault_at_before END
  FROM decided ORDER BY agent_id, name, instance
  ON CONFLICT (agent_id, name, instance) DO UPDATE SET kind = excluded.kind, key_id = excluded.key_id, reads_without_lease = excluded.reads_without_lease, epoch = greatest(e.epoch, excluded.epoch),
    epoch_confirmed_at = CASE WHEN excluded.epoch > coalesce(e.epoch, -1) THEN excluded.epoch_confirmed_at ELSE e.epoch_confirmed_at END,
    last_heard_at = excluded.last_heard_at, lease_until = excluded.lease_until, left_at = excluded.left_at, fault = excluded.fault, fault_at = excluded.fault_at
  RETURNING e.id, e.agent_id, e.name, e.instance
), confirmed AS (
  INSERT INTO stop_confirmation (stop_id, point_id, agent_id, name, epoch, at)
  SELECT s.id, t.id, t.agent_id, t.name, d.epoch, d.at
  FROM unnest($11::int[], $12::text[]) AS n(place, stop_id) JOIN decided d ON d.place = n.place AND d.said_false IS NULL
    JOIN stored t ON t.agent_id = d.agent_id AND t.name = d.name AND t.instance = d.instance JOIN stop s ON s.id = n.stop_id
  ON CONFLICT DO NOTHING RETURNING 1
), answered AS (
  INSERT INTO rehearsal_answer (rehearsal_id, point_id, at)
  SELECT r.id, t.id, d.at
  FROM unnest($13::int[], $14::text[]) AS n(place, rehearsal_id) JOIN decided d ON d.place = n.place AND d.said_false IS NULL
    JOIN stored t ON t.agent_id = d.agent_id AND t.name = d.name AND t.instance = d.instance JOIN rehearsal r ON r.id = n.rehearsal_id
  ON CONFLICT DO NOTHING RETURNING 1
)
SELECT place, is_leased, is_leaving, (SELECT count(*) FROM confirmed) + (SELECT count(*) FROM answered) > 0
  OR bool_or(is_leaving OR lease_before IS NULL OR said_false IS DISTINCT FROM fault_before) OVER () AS is_news FROM decided`;

interface Waiting {
  confirmation: Confirmation;
  point: string;
  resolve: (answer: Confirmed) => void;
  reject: (error: unknown) => void;
}

/** After a stop all points answer in the same moment: who begins with the first of them makes the others wait twice. */
const GATHER_MS = 5;
/** A point that says only what it said before waits longer: its lease has seconds, and each statement costs. */
const GATHER_UNCHANGED_MS = 25;
/** So many are stored without waiting for more, while this process goes on reading what the others say. */
const WORTHWHILE = 200;
/** Of the few connections of the stop path, the others are for what is to be said to the points. */
const GROUPS_AT_ONCE = 2;

/** What a point said last in this process, and the id it is given if it is new. */
const said = new Map<string, { id: string; epoch: number | null }>();
const MOST_SAID = 20_000;

let waiting: Waiting[] = [];
/** Points whose word is being stored: what they say meanwhile is stored after it. */
const atWork = new Set<string>();
let groups = 0;
let timer: { timeout: NodeJS.Timeout; ms: number } | null = null;

/** Answered after it is stored. Throws `Unavailable` when the database is away. */
export function confirmPoint(confirmation: Confirmation): Promise<Confirmed> {
  return new Promise((resolve, reject) => {
    const point = `${confirmation.agentId} ${confirmation.instance} ${confirmation.name}`;
    waiting.push({ confirmation, point, resolve, reject });
    schedule(isUnchanged(point, confirmation) ? GATHER_UNCHANGED_MS : GATHER_MS);
  });
}

const isUnchanged = (point: string, { epoch, standing, rehearsalIds, isLeaving }: Confirmation): boolean => standing === "current" && !isLeaving && rehearsalIds.length === 0 && said.get(point)?.epoch === epoch;

function schedule(withinMs: number): void {
  while (waiting.length >= WORTHWHILE && groups < GROUPS_AT_ONCE) if (!begin()) return;
  if (waiting.length === 0 || groups > 0 || (timer !== null && timer.ms <= withinMs)) return;
  if (timer !== null) clearTimeout(timer.timeout);
  timer = { timeout: setTimeout(begin, withinMs), ms: withinMs };
}

/** False when all that wait are points whose word is being stored. */
function begin(): boolean {
  if (timer !== null) clearTimeout(timer.timeout);
  timer = null;
  const group = takeGroup();
  if (group.length > 0) void storeGroupAtWork(group);
  return group.length > 0;
}

async function storeGroupAtWork(group: readonly Waiting[]): Promise<void> {
  groups++;
  for (const { point } of group) atWork.add(point);
  try {
    await storeGroup(group);
  } finally {
    for (const { point } of group) atWork.delete(point);
    groups--;
    schedule(GATHER_MS);
  }
}

/** One statement cannot change a row twice, and what a point says is stored in the order in which it was said. */
function takeGroup(): Waiting[] {
  const group = new Map<string, Waiting>();
  const left: Waiting[] = [];
  for (const one of waiting) {
    if (group.size >= WORTHWHILE || group.has(one.point) || atWork.has(one.point)) left.push(one);
    else group.set(one.point, one);
  }
  waiting = left;
  return [...group.values()];
}

/** An id costs more than the rest of a confirmation, and most points are known. */
function idFor(point: string, epoch: number | null): string {
  const id = said.get(point)?.id ?? newId("pt");
  if (said.size >= MOST_SAID) said.clear();
  said.set(point, { id, epoch });
  return id;
}

/** Never rejects: each is told. None fails for another's sake. */
async function storeGroup(group: readonly Waiting[]): Promise<void> {
  try {
    const answers = await storeTogether(group);
    for (const [index, { resolve }] of group.entries()) resolve(answers[index] ?? "refused");
  } catch (error) {
    if (group.length === 1 || error instanceof Unavailable) for (const { reject } of group) reject(error);
    else for (const one of group) await storeGroup([one]);
  }
}

async function storeTogether(group: readonly Waiting[]): Promise<Confirmed[]> {
  const confirmations = group.map(({ confirmation }) => confirmation);
  const of = <Value>(value: (confirmation: Confirmation) => Value): Value[] => confirmations.map(value);
  const stops = confirmations.flatMap(({ stopIds }, place) => stopIds.map((id) => ({ place, id })));
  const rehearsals = confirmations.flatMap(({ rehearsalIds }, place) => rehearsalIds.map((id) => ({ place, id })));
  const values = [
    [...confirmations.keys()], group.map(({ point, confirmation }) => idFor(point, confirmation.epoch)), of((one) => one.agentId), of((one) => one.name), of((one) => one.kind), of((one) => one.keyId),
    of((one) => one.standing), of((one) => one.fault), of((one) => one.epoch), of((one) => one.isLeaving),
    stops.map(({ place }) => place), stops.map(({ id }) => id), rehearsals.map(({ place }) => place), rehearsals.map(({ id }) => id), LEASE_MS, of((one) => one.instance), of((one) => one.readsWithoutLease),
  ];
  try {
    const { rows } = await urgentDatabase().pool.query<{ place: number; is_leased: boolean; is_leaving: boolean; is_news: boolean }>({ name: "confirm-points", text: STORE, values });
    if (rows.some((row) => row.is_news)) announcePoints();
    const stored = new Map(rows.map((row) => [row.place, row.is_leaving ? "left" as const : row.is_leased ? "leased" as const : "behind" as const]));
    return confirmations.map((_, place) => stored.get(place) ?? "refused");
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw new Unavailable("The database cannot be reached. Nothing was stored; try again in a moment.", { cause: error });
    throw error;
  }
}
