// The fleet at work: a task every few seconds, reported when it ends, within what Holdpoint says the agent may do.

import { setTimeout as pause } from "node:timers/promises";
import type { DemoAgent } from "./agents/demo-agent.ts";
import { existingKey, type DemoMemory } from "./demo-state.ts";
import { FLEET } from "./fleet.ts";
import { HoldpointClient } from "./holdpoint-client.ts";
import { Random } from "./random.ts";
import { recipeAt } from "./stories.ts";
import type { SystemOfRecord } from "./system-of-record.ts";
import { Telemetry } from "./telemetry.ts";
import { workOnTask } from "./work-on-task.ts";

const BETWEEN_TASKS_MS = [3_000, 6_000] as const;
/** A long wait is a task's business, not the visitor's. */
const LONGEST_TASK_MS = 90_000;

export interface Live {
  url: string;
  memory: DemoMemory;
  records: SystemOfRecord;
  signal: AbortSignal;
  tell: (line: string) => void;
}

/** Ends soon after the signal: tasks that are still being worked on are reported as far as they got when they would have ended anyway. */
export async function workUntilStopped({ url, memory, records, signal, tell }: Live): Promise<void> {
  const { state } = memory;
  const firstStart = new Date(state.firstStart);
  const random = new Random(`live ${Date.now()}`);
  const lines = new Map(FLEET.map((agent) => [agent.id, lineOf(agent, url, existingKey(state, agent.id))]));
  const underWay = new Set<Promise<void>>();
  while (!signal.aborted) {
    const agent = random.pick(FLEET);
    const line = lines.get(agent.id);
    const level = (await line?.level()) ?? "stopped";
    // Whoever is stopped takes no task, and neither does an agent that cannot ask what it may do.
    if (line && level !== "stopped") {
      const at = new Date();
      const done = workOnTask({ agent, recipe: recipeAt(agent, at, firstStart), number: memory.takeNumber(agent.id), at, firstStart, mayWrite: level !== "shadow" }, records);
      memory.save();
      const task = reportAtItsEnd(line.telemetry, done, signal).finally(() => underWay.delete(task));
      underWay.add(task);
    }
    await pause(random.between(...BETWEEN_TASKS_MS), undefined, { signal }).catch(() => undefined);
  }
  await Promise.allSettled(underWay);
  await Promise.allSettled([...lines.values()].map(({ telemetry }) => telemetry.close()));
  tell("The fleet has stopped.");
}

function lineOf(agent: DemoAgent, url: string, key: string) {
  const client = new HoldpointClient(url, key);
  const level = async () => {
    try {
      return (await client.authority(agent.id)).level;
    } catch {
      return "stopped";
    }
  };
  return { telemetry: new Telemetry(agent.id, url, key), level };
}

/** What a stop interrupts is not reported: nobody knows how it would have ended. */
async function reportAtItsEnd(telemetry: Telemetry, done: ReturnType<typeof workOnTask>, signal: AbortSignal): Promise<void> {
  const lasts = Math.min(done.session.nowMs - done.startMs, LONGEST_TASK_MS);
  const isOver = await pause(lasts, true, { signal }).catch(() => false);
  if (!isOver) return;
  telemetry.report(done);
  await telemetry.flush().catch(() => undefined);
}
