// One task from its arrival to its report.

import { handToPerson, type DemoAgent, type Task } from "./agents/demo-agent.ts";
import { Random } from "./random.ts";
import type { Recipe } from "./recipe.ts";
import { CallHeld, Session, TaskStopped, type Course, type Outcome } from "./session.ts";
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
  course?: Course;
}

/** The same order gives the same task. */
export const taskOf = ({ agent, number, at, firstStart }: TaskOrder, random = new Random(`${agent.id} ${number}`)): Task => agent.newTask(random, number, { at, firstStart });

/** The same order gives the same course of things; what the task does to the records depends on what they hold. */
export function workOnTask({ agent, recipe, number, at, firstStart, mayWrite = true, course }: TaskOrder, records: SystemOfRecord): FinishedTask {
  const random = new Random(`${agent.id} ${number}`);
  const task = taskOf({ agent, recipe, number, at, firstStart }, random);
  const startMs = at.getTime();
  if (!course?.isPrepared) task.prepare(records, startMs);
  if (course) course.isPrepared = true;
  const session = new Session({ recipe, records, random, startMs, request: task.request, mayWrite, course: course ?? null });
  const outcome = course ? ruledWork(task, session) : task.work(session);
  const isSeenByPerson = task.difficulty !== "clean" && agent.tier > 0 && !session.isEscalated && !session.hasRecommended && !session.isInterrupted;
  if (isSeenByPerson && random.chance(SHARE_CHANGED_BY_PEOPLE)) session.personIntervenes();
  // A recommendation has neither succeeded nor failed.
  return { task, session, startMs, outcome: session.hasRecommended ? null : outcome };
}

/** A held call ends the agent's own work: a person has it then. A stopped one ends everything. */
function ruledWork(task: Task, session: Session): Outcome {
  try {
    return escalatedWhenHeld(task, session);
  } catch (error) {
    if (!(error instanceof TaskStopped) && !(error instanceof CallHeld)) throw error;
    session.isInterrupted = true;
    session.answer(`Interrupted. ${error.message}`);
    return null;
  }
}

function escalatedWhenHeld(task: Task, session: Session): Outcome {
  try {
    return task.work(session);
  } catch (error) {
    if (!(error instanceof CallHeld)) throw error;
    return (task.escalate ?? handToPerson)(session, error.message);
  }
}
