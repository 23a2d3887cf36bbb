// What does the frame around every page tell?

import { prisma } from "../database/database.ts";
import type { OnCall } from "../domain/on-call.ts";
import type { PersonActor } from "../domain/roles.ts";
import { readParts, valueOf } from "../read-parts.ts";
import { countInbox } from "./inbox.ts";
import { findOnCall } from "./on-call.ts";
import { countEngagedStops } from "./stops.ts";

export interface Shell {
  /** Null: could not be counted. */
  inbox: number | null;
  /** Not archived. */
  agents: number;
  /** That wait for a decision. */
  changes: number;
  /** Null: it is not known what is stopped. */
  stops: number | null;
  stopNames: string[];
  stopStates: { id: string; words: string }[];
  onCall: OnCall | null;
}

const NOT_KNOWN = { stops: null, stopNames: [], stopStates: [] };

/**
 * What waits, or what is stopped, takes neither the frame nor the page in it along where it cannot be read. `databaseNow`: by PostgreSQL's clock, where
 * that was asked already; stops are told by it.
 */
export async function readShell(actor: PersonActor, now: Date, databaseNow?: Date): Promise<Shell> {
  const [{ inbox, stops }, agents, changes, onCall] = await Promise.all([
    readParts({ inbox: countInbox(actor, now), stops: countEngagedStops(databaseNow) }), prisma().agent.count({ where: { archivedAt: null } }), prisma().change.count({ where: { state: "open" } }), findOnCall(now),
  ]);
  return { inbox: valueOf(inbox, null), agents, changes, ...valueOf(stops, NOT_KNOWN), onCall };
}
