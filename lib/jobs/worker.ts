// What does Holdpoint do by itself? Runs every sweep in its rhythm, or at once when something happened that it waits for.

import type pg from "pg";
import { pool } from "../database/database.ts";
import { listenForEvents } from "../database/event-listener.ts";
import { onEverydayPool, onStopPool } from "../database/stop-pool.ts";
import { judgeSelfTest } from "../judge-self-test.ts";
import { describeError, logger } from "../logger.ts";
import { metrics } from "../metrics-registry.ts";
import { reportHealth } from "../process-health.ts";
import { actionSweep } from "./action-sweep.ts";
import { authoritySweep } from "./authority-sweep.ts";
import { changeExpirySweep } from "./change-expiry-sweep.ts";
import { observedComponentSweep } from "./observed-component-sweep.ts";
import { partitionSweep } from "./partition-sweep.ts";
import { retentionSweep } from "./retention-sweep.ts";
import { rolloutSweep } from "./rollout-sweep.ts";
import { rollupSweep } from "./rollup-sweep.ts";
import { seedingSweep } from "./seeding-sweep.ts";
import { signInSweep } from "./sign-in-sweep.ts";
import { snoozeSweep } from "./snooze-sweep.ts";
import { standingProofSweep } from "./standing-proof-sweep.ts";
import { stopProofSweep } from "./stop-proof-sweep.ts";
import { isWokenBy, type Sweep } from "./sweep.ts";
import { undoSweep } from "./undo-sweep.ts";
import { usageSweep } from "./usage-sweep.ts";

export const SWEEPS: readonly Sweep[] = [observedComponentSweep, rollupSweep, changeExpirySweep, authoritySweep, actionSweep, undoSweep, seedingSweep, rolloutSweep, stopProofSweep, standingProofSweep, partitionSweep, usageSweep, signInSweep, snoozeSweep, retentionSweep];

export interface Worker {
  stop: () => Promise<void>;
  /** False when a sweep has not got through for much longer than its rhythm. */
  isWell: () => boolean;
}

/** Woken again and again, a sweep still leaves the database room to breathe: it rests longer than it worked. */
const SHORTEST_PAUSE_MS = 200;
const LONGEST_REST_MS = 3_000;
const REST_PER_WORK = 15;
const OVERDUE_MS = 30_000;

export function startWorker(sweeps: readonly Sweep[] = SWEEPS): Worker {
  // Before it says anything of a rollout.
  if (sweeps.includes(rolloutSweep)) judgeSelfTest(new Date());
  const rounds = sweeps.map(startRounds);
  const listener = listenForEvents(({ kind }) => {
    for (const { sweep, wake } of rounds) if (kind === "reconnected" || isWokenBy(sweep, kind)) wake();
  });
  const isWell = () => rounds.every((round) => round.isWell());
  const forget = reportHealth("jobs", isWell);
  return {
    isWell,
    stop: async () => {
      forget();
      await listener.stop();
      await Promise.all(rounds.map((round) => round.stop()));
    },
  };
}

interface Rounds {
  sweep: Sweep;
  wake: () => void;
  isWell: () => boolean;
  stop: () => Promise<void>;
}

function startRounds(sweep: Sweep): Rounds {
  let isStopped = false;
  let isWoken = false;
  let goodAtMs = performance.now();
  let endPause: (() => void) | null = null;

  const pause = (ms: number, isWakeable: boolean) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      endPause = () => {
        if (!isWakeable && !isStopped) return;
        clearTimeout(timer);
        resolve();
      };
    });

  async function loop(): Promise<void> {
    while (!isStopped) {
      isWoken = false;
      const startedMs = performance.now();
      if (await runOnce(sweep)) goodAtMs = performance.now();
      if (isStopped) return;
      const shortestMs = Math.min(SHORTEST_PAUSE_MS, sweep.everyMs);
      const restMs = sweep.isUrgent ? shortestMs : Math.min(Math.max(shortestMs, REST_PER_WORK * (performance.now() - startedMs)), LONGEST_REST_MS);
      await pause(restMs, false);
      if (!isWoken && !isStopped) await pause(Math.max(0, sweep.everyMs - restMs), true);
    }
  }

  const done = loop();
  return {
    sweep,
    wake: () => {
      if (isWoken) return;
      isWoken = true;
      endPause?.();
    },
    isWell: () => performance.now() - goodAtMs < sweep.everyMs + OVERDUE_MS,
    stop: async () => {
      isStopped = true;
      endPause?.();
      await done;
    },
  };
}

/** True when it got through, or when another process is at it. */
async function runOnce(sweep: Sweep): Promise<boolean> {
  try {
    const over = sweep.isForStop ? onStopPool : onEverydayPool;
    const did = await over(() => alone(`holdpoint sweep ${sweep.name}`, () => sweep.run(new Date())));
    if (did) metrics().sweeps.inc({ sweep: sweep.name, result: "done" });
    return true;
  } catch (error) {
    metrics().sweeps.inc({ sweep: sweep.name, result: "failed" });
    logger().error({ sweep: sweep.name, ...describeError(error) }, "a sweep failed");
    return false;
  }
}

/** Runs `work` unless another process holds the lock of this name; a lock ends with its connection, so a killed process leaves none. */
export async function alone(name: string, work: () => Promise<unknown>): Promise<boolean> {
  const client: pg.PoolClient = await pool().connect();
  let broken: Error | undefined;
  const note = (error: Error) => {
    broken = error;
  };
  client.on("error", note);
  try {
    const { rows } = await client.query<{ mine: boolean }>("SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS mine", [name]);
    if (!rows[0]?.mine) return false;
    try {
      await work();
    } finally {
      await client.query("SELECT pg_advisory_unlock(hashtextextended($1, 0))", [name]).catch(note);
    }
    return true;
  } finally {
    client.off("error", note);
    client.release(broken);
  }
}
