// When has PostgreSQL's planner to look at young tables? Before plans that were made while they were nearly empty grow dear.

import type pg from "pg";
import { pool } from "../database/database.ts";

/** PostgreSQL looks by itself too, but up to a minute later; from the last of these on that is soon enough. */
const LOOKS_AT_RUNS = [500, 5_000];

/** Of the database that this pool leads to. */
const counted = new WeakMap<pg.Pool, { runs: number; looks: number }>();

/**
 * While a table is so small that every index of it costs the same, a plan may take one that leads to all runs of an agent, and a connection
 * keeps its plans. New statistics make it plan anew. Nothing waits for it.
 */
export function countNewRuns(count: number): void {
  const { runs: before, looks } = counted.get(pool()) ?? { runs: 0, looks: 0 };
  const runs = before + count;
  const due = LOOKS_AT_RUNS.filter((limit) => runs >= limit).length;
  counted.set(pool(), { runs, looks: Math.max(looks, due) });
  if (due <= looks) return;
  void pool().query("ANALYZE run, trace").catch(() => undefined);
}
