// Who is told that runs came in? Every process that listens, at most a few times a second per agent.

import { pool } from "../database/database.ts";

const AT_MOST_EVERY_MS = 250;
const waiting = new Set<string>();
let timer: NodeJS.Timeout | null = null;

/**
 * After the commit and gathered: a NOTIFY inside the transaction would make all commits of the house wait for each other. Nothing depends
 * on its arrival; whoever listens also looks by itself.
 */
export function announceRunsMoved(agentIds: Iterable<string>): void {
  for (const agentId of agentIds) waiting.add(agentId);
  if (timer !== null || waiting.size === 0) return;
  timer = setTimeout(announce, AT_MOST_EVERY_MS);
  timer.unref();
}

function announce(): void {
  timer = null;
  const agents = [...waiting];
  waiting.clear();
  // After closeDatabase there is nobody to tell.
  if (!process.env.DATABASE_URL) return;
  const events = agents.map((agentId) => JSON.stringify({ kind: "runs.moved", subject: agentId, agentId }));
  void pool().query("SELECT pg_notify('holdpoint', event) FROM unnest($1::text[]) AS event", [events]).catch(() => undefined);
}
