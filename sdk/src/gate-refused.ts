// What a guarded tool call throws instead of being made.

import type { GateAnswer } from "../../lib/domain/decide-gate.ts";

/** The call was not made; `answer` says why, for people and for the agent. */
export class GateRefused extends Error {
  override name = "GateRefused";
  readonly answer: GateAnswer;

  constructor(answer: GateAnswer) {
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

export function unlessPermitted(answer: GateAnswer): void {
  if (answer.decision === "hold") throw new GateHeld(answer);
  if (answer.decision !== "permit") throw new GateDenied(answer);
}
