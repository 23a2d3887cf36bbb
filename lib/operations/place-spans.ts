// Which agent does each span belong to? The span gives hints, the API key says which of them are believed.

import type { AgentSpan } from "../domain/agent-span.ts";
import { may } from "../domain/permissions.ts";
import type { Actor } from "../domain/roles.ts";

export interface PlacedSpans {
  byAgent: Map<string, AgentSpan[]>;
  rejected: number;
  /** What to do about the rejected ones; null when there are none. */
  sentence: string | null;
}

/** Every name a span gives, as agents are named. */
export function namedAgents(hints: readonly { agentHints: readonly string[] }[]): Set<string> {
  return new Set(hints.flatMap(({ agentHints }) => agentHints.map((hint) => hint.toLowerCase())));
}

/** The only agent of a key that is for exactly one. */
export function soleAgent(actor: Actor): string | null {
  if (actor.kind !== "key" || actor.agentIds.length !== 1) return null;
  const [only] = actor.agentIds;
  return only === undefined || only === "*" ? null : only;
}

/** The first hint that names an agent that exists decides, also when the key is not for it: then the record is refused. */
export function agentOf(agentHints: readonly string[], existing: ReadonlySet<string>, fallback: string | null): string | null {
  const named = agentHints.map((hint) => hint.toLowerCase()).find((hint) => existing.has(hint));
  return named ?? (fallback !== null && existing.has(fallback) ? fallback : null);
}

export function placeSpans(actor: Actor, spans: readonly AgentSpan[], existing: ReadonlySet<string>, forced: string | null): PlacedSpans {
  const fallback = soleAgent(actor);
  const byAgent = new Map<string, AgentSpan[]>();
  const reasons = new Map<string, number>();
  const answers = new Map<string, string | null>();
  const refuse = (reason: string) => reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  for (const span of spans) {
    const agentId = forced ?? agentOf(span.agentHints, existing, fallback);
    if (agentId === null) {
      refuse(unknownAgent(span.agentHints, actor));
      continue;
    }
    let refusal = answers.get(agentId);
    if (refusal === undefined) {
      const answer = may(actor, "telemetry:write", agentId);
      answers.set(agentId, (refusal = answer.ok ? null : answer.reason));
    }
    if (refusal !== null) refuse(refusal);
    else {
      const list = byAgent.get(agentId);
      if (list) list.push(span);
      else byAgent.set(agentId, [span]);
    }
  }
  return { byAgent, rejected: [...reasons.values()].reduce((sum, count) => sum + count, 0), sentence: inOneSentence(reasons) };
}

function unknownAgent(hints: readonly string[], actor: Actor): string {
  const named = hints[0]?.slice(0, 80);
  const keys = actor.kind === "key" && actor.agentIds.length > 1 && !actor.agentIds.includes("*") ? ", or use a key that is for one agent only" : "";
  return named === undefined
    ? `The span does not say which agent sent it: set gen_ai.agent.id or service.name to the agent's id${keys}.`
    : `There is no agent ${JSON.stringify(named)}: create it, set gen_ai.agent.id or service.name to an existing agent's id${keys}.`;
}

function inOneSentence(reasons: ReadonlyMap<string, number>): string | null {
  if (reasons.size === 0) return null;
  const sorted = [...reasons].sort(([, a], [, b]) => b - a);
  const told = sorted.slice(0, 3).map(([reason, count]) => `${count}: ${reason}`);
  return `Rejected spans. ${told.join(" ")}${sorted.length > 3 ? ` And ${sorted.length - 3} other reasons.` : ""}`;
}
