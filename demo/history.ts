// The days before the first start: when tasks came in, worked off in order and reported as fast as they are taken.

import type { DemoAgent } from "./agents/demo-agent.ts";
import { Random } from "./random.ts";
import type { Recipe } from "./recipe.ts";
import { recipeAt } from "./stories.ts";
import type { SystemOfRecord } from "./system-of-record.ts";
import type { Telemetry } from "./telemetry.ts";
import { workOnTask } from "./work-on-task.ts";

export const HISTORY_DAYS = 5;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** So that the newest charts are not empty at night. */
const TASKS_IN_LAST_HOUR = 10;
/** The longest task ends before the first start. */
const REST_MS = 3 * 60_000;
const RUNS_PER_FLUSH = 60;

/** In UTC: quiet nights, a peak before and one after noon. */
const SHARE_OF_HOUR = [1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 12, 9, 11, 14, 13, 11, 8, 6, 5, 4, 3, 2, 1] as const;
const BUSIEST = Math.max(...SHARE_OF_HOUR);

/** In ascending order. The same agent and start give the same times. */
export function taskTimes(agent: DemoAgent, firstStart: Date): Date[] {
  const random = new Random(`times of ${agent.id}`);
  const end = firstStart.getTime() - REST_MS;
  const times: number[] = [];
  while (times.length < agent.tasksPerDay * HISTORY_DAYS) {
    const time = Math.floor(random.between(end - HISTORY_DAYS * DAY_MS, end));
    if (random.next() * BUSIEST < (SHARE_OF_HOUR[new Date(time).getUTCHours()] ?? 1)) times.push(time);
  }
  for (let index = 0; index < TASKS_IN_LAST_HOUR; index += 1) times.push(Math.floor(random.between(end - HOUR_MS, end)));
  return times.toSorted((a, b) => a - b).map((time) => new Date(time));
}

export interface Past {
  agent: DemoAgent;
  firstStart: Date;
  records: SystemOfRecord;
  telemetry: Telemetry;
}

/** Reports the tasks that ran under a release with one of these labels. Task numbers count over the whole history. */
export async function reportHistory({ agent, firstStart, records, telemetry }: Past, labels: readonly Recipe["label"][]): Promise<number> {
  let reported = 0;
  for (const [index, at] of taskTimes(agent, firstStart).entries()) {
    const recipe = recipeAt(agent, at, firstStart);
    if (!labels.includes(recipe.label)) continue;
    telemetry.report(workOnTask({ agent, recipe, number: index + 1, at, firstStart, mayWrite: agent.stage !== "shadow" }, records));
    reported += 1;
    if (reported % RUNS_PER_FLUSH === 0) await telemetry.flush();
  }
  await telemetry.flush();
  return reported;
}
