// When has PostgreSQL's planner to look at young tables? Before plans that were made while they were nearly empty grow dear.

import { pool } from "../database/database.ts";

/** PostgreSQL looks by itself too, but up to a minute later; from the last of these on that is soon enough. */
const LOOKS_AT_RUNS = [500, 5_000];

let runs = 0;
let looks = 0;

/**
 * While a table is so small that every index of it costs the same, a plan may take one that leads to all runs of an agent, and a connection
 * keeps its plans. New statistics make it plan anew. Nothing waits for it.
 */
export function countNewRuns(count: number): void {
  runs += count;
  const due = LOOKS_AT_RUNS.filter((limit) => runs >= limit).length;
  if (due <= looks) return;
  looks = due;
  void pool().query("ANALYZE run, trace").catch(() => undefined);
}
