// What can be stopped from here? The narrowest first, each with what a stop would meet.

import { pool, prisma } from "../database/database.ts";
import { CONTROL_TIERS } from "../domain/authority-level.ts";
import type { ToolEffect } from "../domain/manifest.ts";
import { UNDER_WAY_STATES } from "../domain/rollout-state.ts";
import { agentInScope, parseStopScope, stopName, writeStopScope, type ScopedStop } from "../domain/stop-scope.ts";
import { blastRadiusOf, getBlastRadius, listScopedAgents, ownPart, type BlastRadius, type ScopedAgent } from "./stops.ts";
import { listTools } from "./versions.ts";
import { listWork } from "./work-of-agent.ts";

export interface StopChoice extends ScopedStop, BlastRadius {
  name: string;
  /** The agent for which the permission is asked; null where the matter belongs to the house. */
  agentId: string | null;
  versionNumber: number | null;
  /** A version that is tried beside the current one. */
  isTrial: boolean;
  effect: ToolEffect | null;
  /** A stop of exactly this scope is stored. */
  isEngaged: boolean;
}

export interface StopChoices {
  choices: StopChoice[];
  /** What the page was opened for, when it exists. */
  chosen: string | null;
  /** The agent around which the choices are made. */
  agentId: string | null;
  /** Agents that are not among the choices. */
  otherAgents: number;
}

/** A page for a hurry: more than these would have to be read. */
const AGENTS_SHOWN = 8;
const TOOLS_SHOWN = 8;

const STOPPING_ORDER: Record<ToolEffect, number> = { irreversible: 0, write: 1, read: 2 };

async function agentOfScope(scoped: ScopedStop): Promise<string | null> {
  if (scoped.scope !== "version") return agentInScope(scoped);
  return (await prisma().agentVersion.findUnique({ where: { id: scoped.target }, select: { agentId: true } }))?.agentId ?? null;
}

/** Versions that some of the agent's tasks are given to, beside the current one. */
async function triedVersions(agentId: string): Promise<{ id: string; number: number }[]> {
  const { rows } = await pool().query<{ id: string; number: number }>(
    "SELECT v.id, v.number FROM rollout o JOIN agent_version v ON v.id = o.candidate_id WHERE o.agent_id = $1 AND o.state = ANY($2) ORDER BY v.number DESC", [agentId, UNDER_WAY_STATES]);
  return rows;
}

interface Offered {
  stop: ScopedStop;
  effect: ToolEffect | null;
  versionNumber?: number | null;
  isTrial?: boolean;
}

/** Around one agent: itself, its versions, its tools, its tier, the fleet. */
async function choicesAround(agent: ScopedAgent, asked: ScopedStop | null): Promise<Offered[]> {
  const tried = await triedVersions(agent.id);
  const tools = agent.currentVersionId === null ? [] : await listTools(agent.currentVersionId);
  const named = asked?.scope === "tool" ? asked.target.slice(agent.id.length + 1) : null;
  const ordered = tools.toSorted((a, b) => Number(b.name === named) - Number(a.name === named) || STOPPING_ORDER[a.effect] - STOPPING_ORDER[b.effect]);
  const shown = ordered.slice(0, TOOLS_SHOWN).map(({ name, effect }) => ({ name, effect: effect as ToolEffect | null }));
  // A tool that the current version does not declare can still be called, and so be stopped.
  if (named !== null && !shown.some((tool) => tool.name === named)) shown.unshift({ name: named, effect: null });
  return [
    { stop: { scope: "agent", target: agent.id }, effect: null },
    ...(agent.currentVersionId === null ? [] : [{ stop: { scope: "version" as const, target: agent.currentVersionId }, effect: null, versionNumber: agent.versionNumber }]),
    ...tried.map(({ id, number }) => ({ stop: { scope: "version" as const, target: id }, effect: null, versionNumber: number, isTrial: true })),
    ...shown.map(({ name, effect }) => ({ stop: { scope: "tool" as const, target: `${agent.id}/${name}` }, effect })),
    { stop: { scope: "tier", target: String(agent.tier ?? 0) }, effect: null },
    { stop: { scope: "fleet", target: "" }, effect: null },
  ];
}

/** Without an agent: the fleet and the tiers, which are always the same and so never move under a finger, then the agents, those at work first. */
function choicesOfHouse(agents: readonly ScopedAgent[], search: string, agentsShown: number): Offered[] {
  const found = agents.filter((agent) => agent.id.includes(search.toLowerCase()));
  const acting = found.toSorted(
    (a, b) => Number(b.hasWriteTools && b.activeRuns > 0) - Number(a.hasWriteTools && a.activeRuns > 0) || b.activeRuns - a.activeRuns || (b.lastSeenAt?.getTime() ?? 0) - (a.lastSeenAt?.getTime() ?? 0),
  );
  const stops: ScopedStop[] = [
    { scope: "fleet", target: "" },
    ...CONTROL_TIERS.toReversed().map((tier) => ({ scope: "tier" as const, target: String(tier) })),
    ...acting.slice(0, agentsShown).map((agent) => ({ scope: "agent" as const, target: agent.id })),
  ];
  return stops.map((stop) => ({ stop, effect: null }));
}

/** `asked` is what the page was opened for; `search` narrows the agents where none was named. */
export async function listStopChoices(asked: ScopedStop | null, search: string, now: Date, agentsShown = AGENTS_SHOWN): Promise<StopChoices> {
  const [agents, engaged, askedAgentId] = await Promise.all([
    listScopedAgents(now), prisma().stop.findMany({ where: { releasedAt: null }, select: { scope: true, target: true } }), asked ? agentOfScope(asked) : null,
  ]);
  const agent = agents.find((each) => each.id === askedAgentId) ?? null;
  const [offered, work] = agent ? await Promise.all([choicesAround(agent, asked), listWork(agent.id, now)]) : [choicesOfHouse(agents, search, agentsShown), []];
  const choices = await Promise.all(offered.map(async ({ stop, effect, versionNumber = null, isTrial = false }): Promise<StopChoice> => {
    const radius = isTrial ? await getBlastRadius(stop, now) : ownPart(stop, blastRadiusOf(stop, agents), work);
    const version = agent && versionNumber !== null ? { agentId: agent.id, number: versionNumber } : null;
    return {
      ...stop, ...radius, name: stopName(stop, version), agentId: stop.scope === "version" ? (agent?.id ?? null) : agentInScope(stop), versionNumber, isTrial, effect,
      isEngaged: engaged.some((each) => each.scope === stop.scope && each.target === stop.target),
    };
  }));
  const wanted = asked === null ? null : writeStopScope(asked);
  return {
    choices, chosen: choices.some((choice) => writeStopScope(choice) === wanted) ? wanted : null, agentId: agent?.id ?? null,
    otherAgents: agents.length - choices.filter((choice) => choice.scope === "agent").length,
  };
}

/** What an address of the stop page asks for: `about` names a page, `scope` a stop. */
export async function findAskedStop({ scope, about }: { scope: string | null; about: string | null }): Promise<ScopedStop | null> {
  const candidateId = about?.startsWith("rollout:") ? await findCandidate(about.slice("rollout:".length)) : null;
  if (candidateId !== null) return { scope: "version", target: candidateId };
  const agentId = about === null ? null : await findAgentAbout(about);
  return agentId === null ? parseStopScope(scope ?? "") : { scope: "agent", target: agentId };
}

/** The version that a rollout tries; null when it tries none now. */
const findCandidate = async (id: string): Promise<string | null> =>
  (await prisma().rollout.findFirst({ where: { id, state: { in: [...UNDER_WAY_STATES] } }, select: { candidateId: true } }))?.candidateId ?? null;

/** `run:…`, `change:…` and so on: the agent that such a page is about. */
export async function findAgentAbout(about: string): Promise<string | null> {
  const id = about.slice(about.indexOf(":") + 1);
  const select = { agentId: true } as const;
  const kind = about.slice(0, Math.max(0, about.indexOf(":")));
  if (kind === "run") return (await prisma().run.findUnique({ where: { id }, select }))?.agentId ?? null;
  if (kind === "change") return (await prisma().change.findUnique({ where: { id }, select }))?.agentId ?? null;
  if (kind === "action") return (await prisma().action.findUnique({ where: { id }, select }))?.agentId ?? null;
  if (kind === "reversal") return (await prisma().undo.findUnique({ where: { id }, select }))?.agentId ?? null;
  if (kind === "rollout") return (await prisma().rollout.findUnique({ where: { id }, select }))?.agentId ?? null;
  return kind === "finding" ? ((await prisma().finding.findUnique({ where: { id }, select }))?.agentId ?? null) : null;
}
