// One task from its arrival to its report.

import type { DemoAgent } from "./agents/demo-agent.ts";
import { Random } from "./random.ts";
import type { Recipe } from "./recipe.ts";
import { Session } from "./session.ts";
import type { SystemOfRecord } from "./system-of-record.ts";
import type { FinishedTask } from "./telemetry.ts";

/** Of the tasks that are not clear and that the agent finished by itself. */
const SHARE_CHANGED_BY_PEOPLE = 0.12;

export interface TaskOrder {
  agent: DemoAgent;
  recipe: Recipe;
  number: number;
  at: Date;
  firstStart: Date;
  mayWrite?: boolean;
}

/** The same order gives the same task; what the task does to the records depends on what they hold. */
export function workOnTask({ agent, recipe, number, at, firstStart, mayWrite = true }: TaskOrder, records: SystemOfRecord): FinishedTask {
  const random = new Random(`${agent.id} ${number}`);
  const task = agent.newTask(random, number, { at, firstStart });
  const startMs = at.getTime();
  task.prepare(records, startMs);
  const session = new Session({ recipe, records, random, startMs, request: task.request, mayWrite });
  const outcome = task.work(session);
  const isSeenByPerson = task.difficulty !== "clean" && agent.tier > 0 && !session.isEscalated && !session.hasRecommended;
  if (isSeenByPerson && random.chance(SHARE_CHANGED_BY_PEOPLE)) session.personIntervenes();
  // A recommendation has neither succeeded nor failed.
  return { task, session, startMs, outcome: session.hasRecommended ? null : outcome };
}
