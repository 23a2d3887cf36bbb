// Where does a rollout stand, and what may be done with it there?

import type { Arm } from "./judge-canary.ts";

export const OPEN_ROLLOUT_STATES = ["planned", "running", "paused", "held"] as const;
export const ENDED_ROLLOUT_STATES = ["completed", "rolled_back", "aborted", "superseded"] as const;
export const ROLLOUT_STATES = [...OPEN_ROLLOUT_STATES, ...ENDED_ROLLOUT_STATES] as const;
export type RolloutState = (typeof ROLLOUT_STATES)[number];

export const isRolloutState = (value: unknown): value is RolloutState => ROLLOUT_STATES.some((state) => state === value);
export const isOpenRollout = (state: RolloutState): boolean => OPEN_ROLLOUT_STATES.some((open) => open === state);

/** While it is being tried: tasks that were given to it are judged, whether new ones are given or not. */
export const UNDER_WAY_STATES = ["running", "paused", "held"] as const satisfies readonly RolloutState[];

/** Events after which it goes on, whatever held it before. */
export const LET_GO_ON = ["started", "resumed", "promoted", "waived"] as const;

/** What somebody, or Holdpoint, does with a rollout. */
export const ROLLOUT_MOVES = ["edit_plan", "start", "skip", "pause", "resume", "promote", "waive", "raise_exposure", "hold", "complete", "roll_back", "abort", "supersede"] as const;
export type RolloutMove = (typeof ROLLOUT_MOVES)[number];

/**
 * From where each is allowed. What is held goes on only when a person resumes it, or when two persons waive the evidence that is missing; what is
 * paused is resumed first. Whatever is open can be aborted and is superseded.
 */
const FROM: Readonly<Record<RolloutMove, readonly RolloutState[]>> = {
  edit_plan: ["planned"],
  start: ["planned"],
  skip: ["planned"],
  pause: ["running"],
  resume: ["paused", "held"],
  promote: ["running"],
  waive: ["running", "held"],
  raise_exposure: ["running"],
  hold: ["running"],
  complete: ["planned", "running", "held"],
  roll_back: UNDER_WAY_STATES,
  abort: OPEN_ROLLOUT_STATES,
  supersede: OPEN_ROLLOUT_STATES,
};

const MOVE_WORDS: Readonly<Record<RolloutMove, string>> = {
  edit_plan: "have its plan edited", start: "be started", skip: "be skipped", pause: "be paused", resume: "be resumed", promote: "be promoted", waive: "have its evidence waived",
  raise_exposure: "get a higher exposure", hold: "be held", complete: "be completed", roll_back: "be rolled back", abort: "be aborted", supersede: "be superseded",
};

const STATE_WORDS: Readonly<Record<RolloutState, string>> = {
  planned: "not started yet", running: "running", paused: "paused", held: "held", completed: "completed", rolled_back: "rolled back", aborted: "aborted", superseded: "superseded",
};

/** Null: it may. Else a sentence that says why not. */
export function faultOfMove(state: RolloutState, move: RolloutMove): string | null {
  if (FROM[move].includes(state)) return null;
  return `This rollout is ${STATE_WORDS[state]}, so it cannot ${MOVE_WORDS[move]}.`;
}

/** Beside the judge's own codes. */
export const CLOCK_HOLD_CODES = ["deadline", "no_data", "candidate_silent", "current_silent", "crossed"] as const;
export type ClockHoldCode = (typeof CLOCK_HOLD_CODES)[number];

export interface RolloutClock {
  /** Of the start, or of the last time that a person resumed it. */
  since: Date;
  lastOutcomeAt: Date | null;
  deadlineAt: Date | null;
  noDataHours: number;
  /** Since then: tasks that ran with another version than the one that they were given to, and tasks with a known outcome in all. */
  crossed: number;
  judged: number;
  /** Was given tasks for as long as the plan allows without an outcome, and nothing is known of any, whatever the other one tells. */
  silent: Arm | null;
}

const HOUR_MS = 3_600_000;
const MOST_CROSSED = 5;
const MOST_CROSSED_SHARE = 0.02;

/** Why a running rollout may not go on whatever its metrics say; null: it may. */
export function clockHold({ since, lastOutcomeAt, deadlineAt, noDataHours, crossed, judged, silent }: RolloutClock, now: Date): ClockHoldCode | null {
  if (crossed > Math.max(MOST_CROSSED, MOST_CROSSED_SHARE * judged)) return "crossed";
  if (deadlineAt !== null && deadlineAt <= now) return "deadline";
  const heardAtMs = Math.max(since.getTime(), lastOutcomeAt?.getTime() ?? 0);
  if (now.getTime() - heardAtMs >= noDataHours * HOUR_MS) return "no_data";
  return silent === null ? null : `${silent}_silent`;
}
