// A task of the live fleet: it comes to a call when its time has come, and asks the enforcement point before it makes it.

import type { GateAnswer } from "../sdk/src/enforcement-point.ts";
import { AwaitsRuling, type Course, type Ruling } from "./session.ts";
import type { SystemOfRecord } from "./system-of-record.ts";
import type { FinishedTask } from "./telemetry.ts";
import { workOnTask, type TaskOrder } from "./work-on-task.ts";

export interface Gate {
  decide: (tool: string) => GateAnswer;
  /** False when the demo ends meanwhile. */
  waitUntil: (atMs: number) => Promise<boolean>;
}

export function rulingOf({ decision, reason, sentence, isRecommendation }: GateAnswer): Ruling {
  if (decision === "permit") return { verdict: "go", sentence };
  if (isRecommendation) return { verdict: "recommend", sentence };
  const isForPerson = decision === "hold" || reason === "tool_stopped" || reason === "tool_unknown";
  return { verdict: isForPerson ? "hold" : "stop", sentence };
}

/** Null when the demo ended meanwhile: nobody knows how it would have gone on. */
export async function workThroughGate(order: Omit<TaskOrder, "course" | "mayWrite">, records: SystemOfRecord, { decide, waitUntil }: Gate): Promise<FinishedTask | null> {
  const course: Course = { rulings: [], answers: [], isPrepared: false };
  for (;;) {
    const next = upToNextCall(order, records, course);
    if (!(next instanceof AwaitsRuling)) return next;
    if (!(await waitUntil(next.atMs))) return null;
    course.rulings.push(rulingOf(decide(next.tool)));
  }
}

function upToNextCall(order: TaskOrder, records: SystemOfRecord, course: Course): FinishedTask | AwaitsRuling {
  try {
    return workOnTask({ ...order, course }, records);
  } catch (error) {
    if (error instanceof AwaitsRuling) return error;
    throw error;
  }
}
