// What Holdpoint says of an action, as far as a point reads it.

import { fieldsOf, numberIn, textIn, textsIn } from "./fields.ts";
import type { PointAnswer } from "./point-answer.ts";

/** What the point is told instead of a permission; each says who or what decided. */
export interface ToldAction extends PointAnswer {
  id: string;
  state: string;
  /** What may be executed: a person may have approved other arguments. */
  input: unknown;
  /** An approval is not used before this moment; ISO 8601. */
  dispatchAt: string | null;
  /** The key was used before. */
  isRepeat: boolean;
  /** True for one attempt alone. */
  mayExecute: boolean;
  /** What a person wants to know before deciding. */
  question: string | null;
}

/** Throws when it is no answer: then nothing is permitted. */
export function readToldAction(body: unknown): ToldAction {
  const fields = fieldsOf(body);
  const { decision, state } = fields;
  if (decision !== "permit" && decision !== "hold" && decision !== "deny") throw new Error("Holdpoint's answer is not understood.");
  if (typeof state !== "string" || textIn(fields, "id") === "") throw new Error("Holdpoint's answer is not understood.");
  return {
    id: textIn(fields, "id"), state, decision, reason: textIn(fields, "reason") as PointAnswer["reason"], sentence: textIn(fields, "sentence"), isRecommendation: fields.isRecommendation === true,
    stopId: textIn(fields, "stopId") || null, epoch: typeof fields.epoch === "number" ? fields.epoch : null, policies: textsIn(fields, "policies"), approvers: textsIn(fields, "approvers"),
    approvalsNeeded: numberIn(fields, "approvalsNeeded"), input: fields.input, dispatchAt: textIn(fields, "dispatchAt") || null, isRepeat: fields.isRepeat === true, mayExecute: fields.mayExecute === true,
    question: textIn(fields, "question") || null,
  };
}
