// Who else has this page open now? A courtesy and never a gate: nothing is decided by it.

import { may, type Permission } from "./permissions.ts";
import type { PersonActor } from "./roles.ts";

/** By what the id of a page's subject begins with: who may see the page. */
const READS: Readonly<Record<string, Permission>> = { ch: "change:read", ac: "action:read", st: "agent:read" };

export interface Watcher {
  /** The id of what the page is about. */
  topic: string;
  personId: string;
  name: string;
}

/** What a tab says it shows; null for what is no such page, and for whoever may not see it. */
export function watcherOf(actor: PersonActor, topic: string | null): Watcher | null {
  const [, kind = ""] = /^([a-z]{2})_[0-9a-z]{1,32}$/.exec(topic ?? "") ?? [];
  const permission = Object.hasOwn(READS, kind) ? READS[kind] : undefined;
  return topic !== null && permission !== undefined && may(actor, permission).ok ? { topic, personId: actor.id, name: actor.name } : null;
}

/** Everybody at `topic` but `personId`, each once, by name. */
export function othersAt(watchers: Iterable<Watcher>, { topic, personId }: Pick<Watcher, "topic" | "personId">): string[] {
  const names = new Map<string, string>();
  for (const watcher of watchers) if (watcher.topic === topic && watcher.personId !== personId) names.set(watcher.personId, watcher.name);
  return [...names.values()].toSorted((a, b) => a.localeCompare(b, "en"));
}
