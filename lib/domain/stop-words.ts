// In which words is a stop told? "Stopped" stands only where it is proven; the sheet, the plain page and the lists all say the same.

import { splitTool, type StopScope } from "./stop-scope.ts";
import type { PointState, ProofState } from "./stop-proof.ts";

/** As it travels to a browser: moments are ISO texts. */
export interface ShownPoint {
  id: string;
  agentId: string;
  name: string;
  state: PointState;
  confirmedAt: string | null;
  lastHeardAt: string;
  leaseUntil: string;
  leftAt: string | null;
  /** When a person said that its process has ended, and who. */
  endedAt: string | null;
  endedBy: string | null;
  fault: string | null;
}

export interface ShownProof {
  state: ProofState;
  /** The first of them, in the order in which they need attention; the counts speak of all. */
  points: ShownPoint[];
  confirmed: number;
  /** With those that are said to have ended. */
  closed: number;
  ended: number;
  /** With those that read on. */
  missing: number;
  readsOn: number;
  isProbeRefused: boolean;
  /** Of a version that is being tried: the gate decides each of its calls, and no point does. */
  isTrial: boolean;
  probeRefusedAt: string | null;
  /** Of all points, also of those that are not among the first. */
  lastConfirmedAt: string | null;
  provenAt: string | null;
  elapsedMs: number;
  /** Points that came when it had been proven without them; no other count speaks of them. */
  later: number;
  /** Calls that change something, of agents covered, that began after the latch and the time that traces take; null when not known. */
  callsSince: number | null;
}

export interface ToldStop {
  scope: StopScope;
  /** As an object in a sentence. */
  name: string;
  engagedAt: string;
  releasedAt: string | null;
  proof: ShownProof | null;
}

/** All that a page about one stop shows of it. */
export interface ShownStop extends ToldStop {
  id: string;
  target: string;
  agentId: string | null;
  reason: string | null;
  engagedBy: string;
  releasedBy: string | null;
  /** Who let the runs go on that it cut; null while they stay cut. */
  restartedBy: string | null;
  restartedAt: string | null;
  /** Runs of which it refused a call. */
  cutRuns: number;
  /** Size of the log once it held the stop: a point that applies this epoch or a later one obeys it. */
  epoch: number | null;
  /** How many agents it covers now. */
  agents: number;
  /** Ten seconds had passed without proof; stays when proof comes later. */
  notProvenAt: string | null;
  release: { askedById: string; askedBy: string; reason: string; askedAt: string } | null;
  /** When all this was true. */
  readAt: string;
}

/** When a stop was found to be proven, not proven, or not to be proven any more. */
export interface StopMoment {
  kind: "stop.proven" | "stop.not_proven" | "stop.contradicted";
  at: string;
  /** From the latch to that. */
  elapsedMs: number | null;
}

export type ToldState = ProofState | "released" | "unknown";

export const toldState = ({ releasedAt, proof }: ToldStop): ToldState => (releasedAt !== null ? "released" : (proof?.state ?? "unknown"));

const plural = (count: number, one: string, many = `${one}s`): string => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "02:21:04.9", in UTC. */
export const clockTenth = (at: string): string => at.slice(11, 21);

/** "0.11 s", "3.2 s", "62 s". */
export function seconds(ms: number): string {
  const size = Math.max(0, ms) / 1_000;
  return `${size.toFixed(size < 1 ? 2 : size < 60 ? 1 : 0)} s`;
}

export const since = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from));

export const allPoints = ({ confirmed, closed, missing }: ShownProof): number => confirmed + closed + missing;

/** Without an agent there is nobody to ask the gate for: it holds without a probe. */
export const coversNobody = (proof: ShownProof): boolean => proof.state === "proven" && allPoints(proof) === 0 && !proof.isProbeRefused;

/** The subject of a sentence: names of agents stay as they are written. */
export const stopSubject = ({ scope, name }: Pick<ToldStop, "scope" | "name">): string => (scope === "agent" || scope === "tool" ? name : capital(name));

/** The sentence in large letters. */
export function stopHeadline(stop: ToldStop): string {
  const { proof } = stop;
  if (stop.releasedAt !== null) return "This stop was released.";
  if (!proof) return "The stop is stored. What it reached cannot be read now.";
  const all = allPoints(proof);
  if (coversNobody(proof)) return "The stop holds. It covers no agent now.";
  if (proof.isTrial && proof.state !== "not_proven") return proof.state === "proven" ? "Stopped at the gate, which decides each call of a version under trial." : "Stopping. The gate decides each call of a version under trial.";
  if (proof.state === "proven") return all === 0 ? `Stopped at the gate. No enforcement point ${proof.later > 0 ? "was" : "is"} connected.` : `Stopped, proven in ${seconds(proof.elapsedMs)}${butFor(proof)}.`;
  const settled = `${proof.confirmed.toLocaleString("en")} of ${plural(all, "point")} confirmed${proof.closed > 0 ? `, ${proof.closed.toLocaleString("en")} closed` : ""}.`;
  if (proof.state === "stopping") return all === 0 ? "Stopping. No enforcement point is connected." : `Stopping. ${settled}`;
  if (proof.missing > 0) return `Stop not proven. ${proof.missing.toLocaleString("en")} of ${plural(all, "point")} ${proof.missing === 1 ? "is" : "are"} missing.`;
  return "Stop not proven. No probe call was refused.";
}

/** What stands under it: what is known, and what is not. */
export function stopSentence(stop: ToldStop): string {
  const { proof } = stop;
  if (stop.releasedAt !== null) return "Nothing was restarted by that.";
  if (!proof) return "From now on whoever asks is refused. Whether it is proven is not known.";
  const all = allPoints(proof);
  const probe = proof.probeRefusedAt === null ? "" : `A probe call was refused at ${clockTenth(proof.probeRefusedAt)}.`;
  if (coversNobody(proof)) return "Nobody was there to be stopped. An agent that comes under it is refused.";
  if (proof.isTrial) return `${proof.isProbeRefused ? `A call in one of its tasks was tried and refused at ${clockTenth(proof.probeRefusedAt ?? stop.engagedAt)}.` : "No call in one of its tasks was tried and refused yet."} The current version goes on, and gets its tasks.`;
  if (all === 0) return `${proof.isProbeRefused ? `Holdpoint's own gate refuses. ${probe}` : "Holdpoint's own gate has not refused a probe call yet."} Whether agents that do not ask have ended, it cannot know.${laterWords(proof)}`;
  if (proof.state === "proven") return `${all.toLocaleString("en")} of ${plural(all, "point")}: ${howSettled(proof)}. ${probe}${laterWords(proof)}`;
  if (proof.missing === 0) return "All points are settled. It is not proven until a probe call is refused.";
  if (proof.state === "stopping") return `Not proven until ${all === 1 ? "the point answers or has closed" : `all ${all.toLocaleString("en")} answer or have closed`}, and a probe call is refused.`;
  return [mayActWords(proof), readsOnWords(proof)].filter((words) => words !== null).join(" ");
}

const laterWords = ({ later }: ShownProof): string => (later === 0 ? "" : ` ${plural(later, "more point")} came since.`);

/** Missing, and not only for reading. */
export const mayAct = ({ missing, readsOn }: Pick<ShownProof, "missing" | "readsOn">): number => missing - readsOn;

function mayActWords(proof: ShownProof): string | null {
  const count = mayAct(proof);
  if (count === 0) return null;
  return `${named(proof, "missing", count)} may still act. Revoke the key that ${count === 1 ? "this point uses: it" : "these points use: they"} cannot renew ${count === 1 ? "its" : "their"} lease without it.`;
}

function readsOnWords(proof: ShownProof): string | null {
  const { readsOn } = proof;
  if (readsOn === 0) return null;
  const [does, end] = readsOn === 1 ? ["refuses what changes something, and may go on reading: it was set up so", "End its process and start it again under the same name, or let it"]
    : ["refuse what changes something, and may go on reading: they were set up so", "End their processes and start them again under the same names, or let them"];
  return `${named(proof, "reads_on", readsOn)} ${does}. ${end} reach Holdpoint.`;
}

function named({ points }: ShownProof, state: PointState, count: number): string {
  const names = points.filter((point) => point.state === state).slice(0, 3).map((point) => point.name);
  return listed(names, count - names.length);
}

function listed(names: readonly string[], unnamed: number): string {
  const parts = unnamed > 0 ? [...names, `${unnamed.toLocaleString("en")} more`] : names;
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** What no point and no probe has shown is told as what it is. */
const butFor = ({ ended }: ShownProof): string => (ended === 0 ? "" : ` but for ${plural(ended, "point")} by a person's word`);

function howSettled({ confirmed, closed, ended, points }: ShownProof): string {
  const left = points.filter((point) => point.state === "closed" && hasLeft(point)).length;
  const silent = closed - ended - left;
  const sayers = [...new Set(points.filter(({ state }) => state === "ended").map(({ endedBy }) => endedBy ?? "somebody"))];
  return [
    confirmed > 0 && `${confirmed.toLocaleString("en")} confirmed`, silent > 0 && `${silent.toLocaleString("en")} closed without a lease`, left > 0 && `${left.toLocaleString("en")} had said goodbye`,
    ended > 0 && `${ended.toLocaleString("en")} ${ended === 1 ? "has" : "have"} ended by the word of ${listed(sayers, 0)}`,
  ].filter(Boolean).join(", ");
}

/** Its last word was the goodbye, with which its lease ends. */
const hasLeft = ({ leftAt, lastHeardAt }: ShownPoint): boolean => leftAt !== null && leftAt >= lastHeardAt;

/** What is known of one point; `readAt` is when that was. */
export function pointWords(point: ShownPoint, engagedAt: string, readAt: string): string {
  const heard = `last heard ${clockTenth(point.lastHeardAt)}`;
  if (point.state === "confirmed") return point.confirmedAt === null ? "confirmed" : seconds(since(engagedAt, point.confirmedAt));
  if (point.state === "closed") {
    return hasLeft(point) ? `said goodbye ${clockTenth(point.leftAt ?? point.lastHeardAt)}; it has closed` : `no answer; its lease ended ${clockTenth(point.leaseUntil)}, it cannot act`;
  }
  if (point.state === "reads_on") return `no answer; its lease ended ${clockTenth(point.leaseUntil)}: it refuses what changes something and may go on reading`;
  if (point.state === "ended") return `ended, by the word of ${point.endedBy ?? "somebody"} ${clockTenth(point.endedAt ?? point.lastHeardAt)}; ${heard}`;
  if (point.fault !== null) return `not believed. ${point.fault}`;
  const age = `${heard}, ${seconds(since(point.lastHeardAt, readAt))} ago`;
  return point.leaseUntil > readAt ? `${age}; lease ends ${clockTenth(point.leaseUntil)} if silent` : age;
}

/** How far a stop has come with what it covers. The last two are proven, and nothing else says "stopped". */
export type StopStanding = "stored" | "stopping" | "not_proven" | "at_gate" | "stopped";

export const STANDING_NAMES: Readonly<Record<StopStanding, string>> = {
  stored: "Stop stored", stopping: "Stopping", not_proven: "Stop not proven", at_gate: "Stopped at the gate", stopped: "Stopped",
};

export const isProvenStanding = (standing: StopStanding): boolean => standing === "at_gate" || standing === "stopped";

export function standingOf(stop: ToldStop): StopStanding {
  const { proof } = stop;
  const state = toldState(stop);
  if (!proof || state === "unknown" || state === "released" || coversNobody(proof)) return "stored";
  if (state === "proven") return allPoints(proof) === 0 ? "at_gate" : "stopped";
  return state;
}

/** Of an agent that several stops cover, the newest first: one that is proven is enough. Null without a stop. */
export const standingOfAll = (standings: readonly StopStanding[]): StopStanding | null => standings.find(isProvenStanding) ?? standings[0] ?? null;

/** For a list and for the banner: the state in few words. */
export function stateWords(stop: ToldStop): string {
  const { proof } = stop;
  const state = toldState(stop);
  if (state === "released") return "released";
  if (!proof || state === "unknown") return "stored, proof not known";
  const all = allPoints(proof);
  if (coversNobody(proof)) return "stored, covers no agent now";
  if (state === "proven") return proof.isTrial ? "stopped at the gate, which decides its trial" : all === 0 ? `stopped at the gate, no point ${proof.later > 0 ? "was " : ""}connected` : `stopped, proven in ${seconds(proof.elapsedMs)}${butFor(proof)}`;
  const count = all === 0 ? "" : `, ${proof.confirmed.toLocaleString("en")} of ${all.toLocaleString("en")} confirmed`;
  return state === "stopping" ? `stopping${count}` : `stop not proven${count}`;
}

export interface ToldChoice {
  scope: StopScope;
  target: string;
  /** The agent in whose list it stands. */
  agentId: string | null;
  versionNumber: number | null;
  /** It is tried for some tasks, beside the current version. */
  isTrial: boolean;
  effect: "read" | "write" | "irreversible" | null;
  agents: number;
  withWriteTools: number;
  activeRuns: number;
  actionsUnderWay: number;
  actionsWaiting: number;
}

const EFFECTS = { read: "Reads only", write: "Changes something", irreversible: "Cannot be undone" } as const;

export function choiceTitle(choice: Pick<ToldChoice, "scope" | "target" | "versionNumber">): string {
  if (choice.scope === "fleet") return "Fleet";
  if (choice.scope === "tier") return `Tier ${choice.target}`;
  if (choice.scope === "version") return `Version ${choice.versionNumber ?? ""} only`;
  return choice.scope === "tool" ? `Tool ${splitTool(choice.target)?.tool ?? choice.target}` : `Agent ${choice.target}`;
}

export function choiceDetail(choice: ToldChoice): string {
  if (choice.scope === "agent") return choice.withWriteTools > 0 ? "All versions, all tools. Some of them change something" : "All versions, all tools. They only read";
  if (choice.scope === "version") return choice.isTrial ? "It is on trial. The current version goes on, and gets its tasks" : "Another version of the agent would not be covered";
  if (choice.scope === "tool") return `${choice.effect === null ? "Effect not known" : EFFECTS[choice.effect]}. The rest of ${choice.agentId ?? "the agent"} goes on`;
  if (choice.agents === 0) return "No agent is covered now";
  return `${choice.scope === "fleet" ? "All " : ""}${plural(choice.agents, "agent")}, ${choice.withWriteTools === choice.agents ? "all" : `${choice.withWriteTools.toLocaleString("en")} of them`} with tools that change something`;
}

/** Of a tool its actions alone: which runs would call it nobody knows. */
export function choiceQuantity({ scope, activeRuns, actionsUnderWay, actionsWaiting }: Pick<ToldChoice, "scope" | "activeRuns" | "actionsUnderWay" | "actionsWaiting">): string {
  const isTool = scope === "tool";
  const actions = [...(isTool || actionsUnderWay > 0 ? [`${plural(actionsUnderWay, "action", "actions")} under way`] : []), ...(actionsWaiting > 0 ? [`${actionsWaiting.toLocaleString("en")} waiting`] : [])];
  if (isTool) return actions.join(", ");
  return [plural(activeRuns, "run active", "runs active"), ...actions].join(", ");
}
