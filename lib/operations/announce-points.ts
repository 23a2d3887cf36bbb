// Who is told that points confirmed? Every process that listens, a few times a second at most.

import { urgentDatabase } from "../database/database.ts";

const AT_MOST_EVERY_MS = 100;
let lastMs = -Infinity;
let timer: NodeJS.Timeout | null = null;

/** The first at once, what follows gathered. Nothing depends on its arrival; whoever listens also looks by itself. */
export function announcePoints(): void {
  if (timer !== null) return;
  timer = setTimeout(announce, Math.max(0, lastMs + AT_MOST_EVERY_MS - performance.now()));
  timer.unref();
}

function announce(): void {
  timer = null;
  lastMs = performance.now();
  // After closeDatabase there is nobody to tell.
  if (!process.env.DATABASE_URL) return;
  const event = JSON.stringify({ kind: "points.confirmed", subject: "points", agentId: null });
  void urgentDatabase().pool.query("SELECT pg_notify('holdpoint', $1)", [event]).catch(() => undefined);
}
