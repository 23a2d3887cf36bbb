// A task of the live fleet: it comes to a call when its time has come, and asks the enforcement point before it makes it.

import type { PointAnswer } from "../sdk/src/enforcement-point.ts";
import type { JsonObject } from "./recipe.ts";
import { AwaitsRuling, type Answer, type Course, type Ruling } from "./session.ts";
import type { SystemOfRecord } from "./system-of-record.ts";
import type { FinishedTask } from "./telemetry.ts";
import { workOnTask, type TaskOrder } from "./work-on-task.ts";

/** A call that a task has come to. */
export interface NextCall {
  tool: string;
  callId: string;
  args: JsonObject;
  because: string;
}

export interface Gate {
  /**
   * Makes the call where it may be made, with the arguments that may be used; else says why not. `make` is given the answer where the call was made
   * elsewhere, and answers null when the system did not answer in time.
   */
  call: (call: NextCall, make: (args: JsonObject, told?: Answer<unknown>) => Answer<unknown> | null) => Promise<PointAnswer | null>;
  /** False when the demo ends meanwhile. */
  waitUntil: (atMs: number) => Promise<boolean>;
}

export function rulingOf({ decision, reason, sentence, isRecommendation }: PointAnswer): Ruling {
  if (decision === "permit") return { verdict: "go", sentence };
  if (isRecommendation) return { verdict: "recommend", sentence };
  const isForPerson = decision === "hold" || reason === "tool_stopped" || reason === "tool_unknown";
  return { verdict: isForPerson ? "hold" : "stop", sentence };
}

/** Null when the demo ended meanwhile: nobody knows how it would have gone on. */
export async function workThroughGate(order: Omit<TaskOrder, "course" | "mayWrite">, records: SystemOfRecord, { call, waitUntil }: Gate): Promise<FinishedTask | null> {
  const course: Course = { rulings: [], answers: [], isPrepared: false };
  let next = upToNextCall(order, records, course);
  while (next instanceof AwaitsRuling) {
    if (!(await waitUntil(next.atMs))) return null;
    const place = course.rulings.length;
    const rule = (ruling: Ruling): void => {
      course.rulings.push(ruling);
      next = upToNextCall(order, records, course);
    };
    const refused = await call(next, (args, told) => {
      if (told) course.answers[place] = told;
      rule({ verdict: "go", sentence: "", args });
      return course.answers[place] ?? null;
    });
    if (refused) rule(rulingOf(refused));
  }
  return next;
}

function upToNextCall(order: TaskOrder, records: SystemOfRecord, course: Course): FinishedTask | AwaitsRuling {
  try {
    return workOnTask({ ...order, course }, records);
  } catch (error) {
    if (error instanceof AwaitsRuling) return error;
    throw error;
  }
}
