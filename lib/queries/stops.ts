// Which kill switches are engaged, what does each cover, and which were there before?

import { databaseNow } from "../database/database-now.ts";
import { pool, prisma } from "../database/database.ts";
import { loadPersonActors } from "../database/person-actors.ts";
import { may } from "../domain/permissions.ts";
import { agentInScope, isStopScope, splitTool, stopCovers, stopName, type CoveredAgent, type ScopedStop } from "../domain/stop-scope.ts";
import { standingOf, standingOfAll, stateWords, type StopStanding, type ToldStop } from "../domain/stop-words.ts";
import { countCutRuns } from "./cut-runs.ts";
import { findProofs, shownProof, type FoundProof, type ProofRow } from "./stop-proof.ts";
import { activeSince, listWork, type Work } from "./work-of-agent.ts";

export interface BlastRadius {
  agents: number;
  /** Agents whose current version has a tool that changes something. */
  withWriteTools: number;
  activeRuns: number;
  /** Begun, and not heard of its end: a stop tells the agent, and cannot take it back. */
  actionsUnderWay: number;
  /** Held or approved: a stop ends them. */
  actionsWaiting: number;
}

export interface ScopedAgent extends CoveredAgent {
  versionNumber: number | null;
  hasWriteTools: boolean;
  activeRuns: number;
  actionsUnderWay: number;
  actionsWaiting: number;
  lastSeenAt: Date | null;
}

/** Every agent with what a stop would meet there. A tool whose effect is not known counts as writing. */
export async function listScopedAgents(now: Date): Promise<ScopedAgent[]> {
  const { rows } = await pool().query<ScopedAgent>(
    `WITH writing AS (SELECT digest FROM component WHERE kind = 'tool' AND content->>'effect' IS DISTINCT FROM 'read'),
       active AS (SELECT agent_id, count(*) AS runs FROM run WHERE started_at > $1 AND ended_at > $2 GROUP BY agent_id),
       acting AS (SELECT agent_id, count(*) FILTER (WHERE state = 'started') AS under_way, count(*) FILTER (WHERE state <> 'started') AS waiting FROM action
         WHERE state IN ('held', 'approved', 'started') GROUP BY agent_id)
     SELECT a.id, a.tier, a.current_version_id AS "currentVersionId", v.number AS "versionNumber", a.last_seen_at AS "lastSeenAt", coalesce(active.runs, 0) AS "activeRuns",
       coalesce(acting.under_way, 0) AS "actionsUnderWay", coalesce(acting.waiting, 0) AS "actionsWaiting",
       EXISTS (SELECT 1 FROM jsonb_array_elements(v.components) part JOIN writing ON writing.digest = part->>'digest') AS "hasWriteTools"
     FROM agent a LEFT JOIN agent_version v ON v.id = a.current_version_id LEFT JOIN active ON active.agent_id = a.id LEFT JOIN acting ON acting.agent_id = a.id
     WHERE a.archived_at IS NULL ORDER BY a.id`,
    activeSince(now),
  );
  return rows;
}

export function blastRadiusOf(stop: ScopedStop, agents: readonly ScopedAgent[]): BlastRadius {
  const covered = agents.filter((agent) => stopCovers(stop, agent));
  const sum = (of: (agent: ScopedAgent) => number) => covered.reduce((total, agent) => total + of(agent), 0);
  return {
    agents: covered.length, withWriteTools: covered.filter((agent) => agent.hasWriteTools).length, activeRuns: sum((agent) => agent.activeRuns), actionsUnderWay: sum((agent) => agent.actionsUnderWay),
    actionsWaiting: sum((agent) => agent.actionsWaiting),
  };
}

/** Of the current version what is not done by one that is tried beside it, and of a tool its own actions. What its agent does otherwise goes on. */
export function ownPart(stop: ScopedStop, radius: BlastRadius, work: readonly Work[]): BlastRadius {
  if (stop.scope !== "version" && stop.scope !== "tool") return radius;
  const own = work.filter(({ versionId, tool }) => (stop.scope === "version" ? versionId === stop.target : tool !== null && tool === splitTool(stop.target)?.tool));
  const sum = (of: (one: Work) => number) => own.reduce((total, one) => total + of(one), 0);
  const activeRuns = stop.scope === "version" ? sum((one) => one.activeRuns) : radius.activeRuns;
  return { ...radius, activeRuns, actionsUnderWay: sum((one) => one.actionsUnderWay), actionsWaiting: sum((one) => one.actionsWaiting) };
}

/** What an engaged stop of this scope meets. */
export async function getBlastRadius(stop: ScopedStop, now: Date): Promise<BlastRadius> {
  const agents = await listScopedAgents(now);
  const radius = blastRadiusOf(stop, agents);
  if (stop.scope !== "version" && stop.scope !== "tool") return radius;
  const agent = agents.find((each) => stopCovers(stop, each));
  if (agent) return ownPart(stop, radius, await listWork(agent.id, now));
  return stop.scope === "version" ? radiusOfTrial(stop.target, now) : radius;
}

/** Of a version that is being tried beside the current one, what runs under that version. */
async function radiusOfTrial(versionId: string, now: Date): Promise<BlastRadius> {
  const { rows } = await pool().query<BlastRadius>(
    `SELECT count(*) AS agents, count(*) FILTER (WHERE "hasWriteTools") AS "withWriteTools", coalesce(sum(runs), 0)::int AS "activeRuns", coalesce(sum("underWay"), 0)::int AS "actionsUnderWay", coalesce(sum(waiting), 0)::int AS "actionsWaiting"
     FROM (SELECT DISTINCT ON (o.agent_id) o.agent_id,
       EXISTS (SELECT FROM jsonb_array_elements(v.components) part JOIN component c ON c.digest = part->>'digest' AND c.kind = 'tool' AND c.content->>'effect' IS DISTINCT FROM 'read') AS "hasWriteTools",
       (SELECT count(*) FROM run r WHERE r.agent_id = o.agent_id AND r.version_id = v.id AND r.started_at > $2 AND r.ended_at > $3) AS runs,
       (SELECT count(*) FROM action n WHERE n.agent_id = o.agent_id AND n.version_id = v.id AND n.state = 'started') AS "underWay",
       (SELECT count(*) FROM action n WHERE n.agent_id = o.agent_id AND n.version_id = v.id AND n.state IN ('held', 'approved')) AS waiting
       FROM rollout o JOIN agent_version v ON v.id = o.candidate_id JOIN agent a ON a.id = o.agent_id AND a.archived_at IS NULL WHERE v.id = $1 AND o.state <> 'completed') tried`,
    [versionId, ...activeSince(now)],
  );
  return rows[0] ?? { agents: 0, withWriteTools: 0, activeRuns: 0, actionsUnderWay: 0, actionsWaiting: 0 };
}

export interface StopRow extends ProofRow {
  /** As an object in a sentence. */
  name: string;
  /** For whom permissions are asked; null for the fleet and a tier. */
  agentId: string | null;
  reason: string | null;
  engagedBy: string;
  release: { askedById: string; askedBy: string; reason: string; askedAt: Date } | null;
  releasedBy: string | null;
  /** Who let the runs go on that it cut; null while they stay cut. */
  restartedBy: string | null;
  restartedAt: Date | null;
  /** Size of the log once it held this stop; stops of old have none. */
  epoch: number | null;
  /** Ten seconds had passed without proof, or a point had contradicted it; stays when proof comes later. */
  notProvenAt: Date | null;
}

/** `lastSeenAt` is when telemetry last came; after the stop it tells that the agent is still at work, not that it obeys. */
export interface HeardAgent {
  id: string;
  lastSeenAt: Date | null;
  isHeardSince: boolean;
}

export interface EngagedStop extends StopRow {
  agents: number;
  heardSince: number;
  /** Those heard last come first; not more than were asked for. */
  heard: HeardAgent[];
}

type StoredStop = NonNullable<Awaited<ReturnType<ReturnType<typeof prisma>["stop"]["findUnique"]>>>;

async function asRows(stored: readonly StoredStop[], now = new Date()): Promise<StopRow[]> {
  const [people, askers, versions] = await Promise.all([
    prisma().person.findMany({ where: { id: { in: stored.flatMap((stop) => stop.releaseAskedBy ?? []) } }, select: { id: true, name: true } }),
    loadPersonActors(prisma(), stored.flatMap((stop) => (stop.releasedAt === null ? (stop.releaseAskedBy ?? []) : [])), now),
    prisma().agentVersion.findMany({ where: { id: { in: stored.filter((stop) => stop.scope === "version").map((stop) => stop.target) } }, select: { id: true, agentId: true, number: true } }),
  ]);
  const nameOf = new Map(people.map((person) => [person.id, person.name]));
  const versionOf = new Map(versions.map((version) => [version.id, version]));
  return stored.flatMap(({ scope, ...stop }): StopRow[] => {
    if (!isStopScope(scope)) return [];
    const agentId = scope === "version" ? (versionOf.get(stop.target)?.agentId ?? null) : agentInScope({ scope, target: stop.target });
    // While it is engaged, the word of somebody who may no longer release counts for nothing: it has to be asked for anew.
    const isAsked = stop.releasedAt !== null || askers.some(({ actor }) => actor.id === stop.releaseAskedBy && may(actor, "stop:release", agentId).ok);
    return [{
      id: stop.id, scope, target: stop.target, name: stopName({ scope, target: stop.target }, versionOf.get(stop.target)), reason: stop.reason,
      agentId, engagedBy: stop.engagedBy, engagedAt: stop.engagedAt, releasedBy: stop.releasedBy, releasedAt: stop.releasedAt, restartedBy: stop.restartedBy, restartedAt: stop.restartedAt,
      epoch: stop.epoch === null ? null : Number(stop.epoch), probeRefusedAt: stop.probeRefusedAt, provenAt: stop.provenAt, notProvenAt: stop.notProvenAt, proof: stop.proof,
      release: stop.releaseAskedBy === null || stop.releaseAskedAt === null || !isAsked ? null : {
        askedById: stop.releaseAskedBy, askedBy: nameOf.get(stop.releaseAskedBy) ?? "somebody", reason: stop.releaseReason ?? "", askedAt: stop.releaseAskedAt,
      },
    }];
  });
}

type ListedAgent = CoveredAgent & { lastSeenAt: Date | null };

const listAgents = (): Promise<ListedAgent[]> =>
  prisma().agent.findMany({ where: { archivedAt: null }, select: { id: true, tier: true, currentVersionId: true, lastSeenAt: true }, orderBy: { id: "asc" } });

function withAgents(stop: StopRow, agents: readonly ListedAgent[], atMost: number): EngagedStop {
  const covered = agents.filter((agent) => stopCovers(stop, agent)).map(({ id, lastSeenAt }) => ({ id, lastSeenAt, isHeardSince: lastSeenAt !== null && lastSeenAt > stop.engagedAt }));
  const lastFirst = covered.toSorted((a, b) => (b.lastSeenAt?.getTime() ?? 0) - (a.lastSeenAt?.getTime() ?? 0));
  return { ...stop, agents: covered.length, heardSince: covered.filter((agent) => agent.isHeardSince).length, heard: lastFirst.slice(0, atMost) };
}

const MOST_ENGAGED = 100;

/** The newest first. */
export async function listEngagedStops(agentsEach = 10): Promise<EngagedStop[]> {
  const [stored, agents] = await Promise.all([
    prisma().stop.findMany({ where: { releasedAt: null }, orderBy: [{ engagedAt: "desc" }, { id: "desc" }], take: MOST_ENGAGED }), listAgents(),
  ]);
  return (await asRows(stored)).map((stop) => withAgents(stop, agents, agentsEach));
}

/** Two readings with the same pulse look the same on a page. */
export async function pulseOfStops(stops: readonly EngagedStop[], now: Date): Promise<string> {
  const proofs = await findProofs(stops, now);
  return stops.map((stop) => [pulseOfRow(stop), ...pulseOfProof(stop, proofs.get(stop.id))].join(" ")).join("\n");
}

const pulseOfRow = ({ id, reason, release, agents, heard, provenAt, notProvenAt }: EngagedStop): string =>
  [id, reason?.length ?? "", release?.askedAt.getTime() ?? "", provenAt?.getTime() ?? "", notProvenAt?.getTime() ?? "", agents, ...heard.map((agent) => `${agent.id}@${agent.lastSeenAt?.getTime() ?? ""}`)].join(" ");

/** Who is missing, and what is not believed of whom. */
const pulseOfProof = (stop: StopRow, found: FoundProof | undefined): string[] =>
  [stateWords(told(stop, found)), ...(found?.proof.points ?? []).flatMap(({ id, state, fault }) => (state === "missing" ? [`${id}:${fault ?? ""}`] : []))];

const PAGE = 50;

/** Released ones, the newest release first; `after` is the last id of the page before. */
export async function listReleasedStops(after: string | null = null): Promise<{ rows: StopRow[]; older: string | null }> {
  const last = after === null ? null : await prisma().stop.findUnique({ where: { id: after }, select: { id: true, releasedAt: true } });
  const stored = await prisma().stop.findMany({
    where: { releasedAt: { not: null }, ...(last?.releasedAt ? { OR: [{ releasedAt: { lt: last.releasedAt } }, { releasedAt: last.releasedAt, id: { lt: last.id } }] } : {}) },
    orderBy: [{ releasedAt: "desc" }, { id: "desc" }], take: PAGE + 1,
  });
  return { rows: await asRows(stored.slice(0, PAGE)), older: stored.length > PAGE ? (stored[PAGE - 1]?.id ?? null) : null };
}

/** One that was released, with how many runs it cut that nobody let go on. */
export interface PastStop extends StopRow {
  staysCut: number;
}

export interface AllStops {
  engaged: EngagedStop[];
  history: PastStop[];
  older: string | null;
}

/** Engaged first, then the history. */
export async function listStops(after: string | null = null): Promise<AllStops> {
  const [engaged, released] = await Promise.all([listEngagedStops(), listReleasedStops(after)]);
  const cut = await countCutRuns(released.rows.filter(({ restartedAt }) => restartedAt === null).map(({ id }) => id));
  return { engaged, history: released.rows.map((stop) => ({ ...stop, staysCut: cut.get(stop.id) ?? 0 })), older: released.older };
}

/** With the agents that it covers now, whether engaged or not; null when there is none. */
export async function findStop(stopId: string, agentsShown = 40): Promise<EngagedStop | null> {
  const stored = await prisma().stop.findUnique({ where: { id: stopId } });
  const [stop] = stored ? await asRows([stored]) : [];
  return stop ? withAgents(stop, await listAgents(), agentsShown) : null;
}

const told = ({ scope, name, engagedAt, releasedAt }: StopRow, found: FoundProof | undefined): ToldStop =>
  ({ scope, name, engagedAt: engagedAt.toISOString(), releasedAt: releasedAt?.toISOString() ?? null, proof: found ? shownProof(found, null) : null });

/** What the frame around every page says: how many are engaged, the names of the newest, and how far each is proven by PostgreSQL's clock. */
export async function countEngagedStops(now?: Date): Promise<{ stops: number; stopNames: string[]; stopStates: { id: string; words: string }[] }> {
  const [stops, newest] = await Promise.all([
    prisma().stop.count({ where: { releasedAt: null } }), prisma().stop.findMany({ where: { releasedAt: null }, orderBy: [{ engagedAt: "desc" }, { id: "desc" }], take: 3 }),
  ]);
  const rows = await withWords(newest, now);
  return { stops, stopNames: rows.map((stop) => stop.name), stopStates: rows.map(({ id, words }) => ({ id, words })) };
}

/** Engaged ones that cover one of these agents, or all for `*`. */
export async function listEngagedFor(visible: readonly string[]): Promise<StopRow[]> {
  const stored = await prisma().stop.findMany({ where: { releasedAt: null }, orderBy: [{ engagedAt: "desc" }, { id: "desc" }] });
  const rows = await asRows(stored);
  if (visible.includes("*")) return rows;
  const agents = await prisma().agent.findMany({ where: { id: { in: [...visible] }, archivedAt: null }, select: { id: true, tier: true, currentVersionId: true } });
  return rows.filter((stop) => agents.some((agent) => stopCovers(stop, agent)));
}

/** One engaged stop, with how far it is proven in words. */
export interface EngagedWords extends ScopedStop {
  id: string;
  name: string;
  words: string;
  standing: StopStanding;
  engagedBy: string;
  engagedAt: Date;
}

async function withWords(stored: readonly StoredStop[], now?: Date): Promise<EngagedWords[]> {
  if (stored.length === 0) return [];
  const rows = await asRows(stored);
  const proofs = await findProofs(rows, now ?? (await databaseNow()));
  return rows.map((stop) => {
    const words = told(stop, proofs.get(stop.id));
    return { id: stop.id, scope: stop.scope, target: stop.target, name: stop.name, words: stateWords(words), standing: standingOf(words), engagedBy: stop.engagedBy, engagedAt: stop.engagedAt };
  });
}

/** The newest first; by PostgreSQL's clock, where the caller has not read it. */
export async function listEngagedWords(now?: Date): Promise<EngagedWords[]> {
  return withWords(await prisma().stop.findMany({ where: { releasedAt: null }, orderBy: [{ engagedAt: "desc" }, { id: "desc" }] }), now);
}

/** How far the stops of a whole agent have come with it; null where none covers it. */
export const standingFor = (agent: CoveredAgent, stops: readonly EngagedWords[]): StopStanding | null =>
  standingOfAll(stops.filter((stop) => stop.scope !== "tool" && stopCovers(stop, agent)).map(({ standing }) => standing));
