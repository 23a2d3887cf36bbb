// What a guarded tool call throws instead of being made.

import { AnsweredNo } from "./holdpoint-api.ts";
import { noFor, type PointAnswer } from "./point-answer.ts";

/** The call was not made; `answer` says why, for people and for the agent. */
export class GateRefused extends Error {
  override name = "GateRefused";
  readonly answer: PointAnswer;

  constructor(answer: PointAnswer) {
    super(answer.sentence);
    this.answer = answer;
  }
}

/** The call waits for a person: hand the task over. */
export class GateHeld extends GateRefused {
  override name = "GateHeld";
}

/** The call may not be made. With `answer.isRecommendation` the agent says what it would have done. */
export class GateDenied extends GateRefused {
  override name = "GateDenied";
}

/** The call was begun before under the same key: whether it was made is not for this call to say. */
export class ActionRepeated extends GateRefused {
  override name = "ActionRepeated";

  constructor(answer: PointAnswer) {
    super({ ...answer, sentence: "This call was begun before under the same key, so it is not made again." });
  }
}

export function unlessPermitted(answer: PointAnswer): void {
  if (answer.decision === "hold") throw new GateHeld(answer);
  if (answer.decision !== "permit") throw new GateDenied(answer);
}

/** A question whose ids belong to another one is refused like any other call; everything else is thrown as it came. */
export async function conflictsDenied<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    throw error instanceof AnsweredNo && error.isConflict ? new GateDenied(noFor("conflict", error.message)) : error;
  }
}
