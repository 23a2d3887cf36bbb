// Which arm of a rollout does a task get? Drawn from its unit by a secret of the rollout, so that it comes out the same each time.

import { createHmac } from "node:crypto";
import type { Arm } from "./judge-canary.ts";

/** What the candidate does in shadow is kept apart from what takes effect by the end of its conversation's id. */
const SHADOW_ENDING = "~shadow";
const LONGEST_TASK_BYTES = 290;

export const shadowTaskOf = (task: string): string => `${task}${SHADOW_ENDING}`;

/** The sentence that says why a task cannot be assigned under this id; null when it can. Longer ids are known by their digest elsewhere, and would not be found again. */
export function faultOfTask(task: string): string | null {
  if (task.trim() === "") return "A task needs an id.";
  if (!task.isWellFormed() || /\p{Cc}/u.test(task)) return "The id of a task holds a character that cannot be stored.";
  if (task.length > 200 || Buffer.byteLength(task) > LONGEST_TASK_BYTES) return `The id of a task has at most 200 characters and ${LONGEST_TASK_BYTES} bytes.`;
  return task.endsWith(SHADOW_ENDING) ? `An id that ends with ${SHADOW_ENDING} is the shadow of another task.` : null;
}

export const faultOfUnit = (unit: string): string | null => (unit.trim() !== "" && unit.isWellFormed() && !/\p{Cc}/u.test(unit) ? null : "The id of a unit holds a character that cannot be stored, or nothing.");

/** 0 ≤ place < 1, evenly spread over units for whoever does not know the salt. */
export function placeOf(salt: string, unit: string): number {
  // 48 bits: every value and every quotient is exact in a float.
  return createHmac("sha256", salt).update(unit).digest().readUIntBE(0, 6) / 2 ** 48;
}

/** A unit that has the candidate keeps it while the exposure rises. */
export const armOfUnit = ({ salt, unit, exposure }: { salt: string; unit: string; exposure: number }): Arm => (placeOf(salt, unit) < exposure ? "candidate" : "current");
