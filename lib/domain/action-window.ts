// How long does an action wait, and until when can its effect be taken back?

/** So long a person has to decide, and an extension gives as much again. */
export const HOLD_MS = 15 * 60_000;
/** So long a permitted action may be under way without a word. */
export const START_MS = 10 * 60_000;
/** So long an approval can be taken back before the agent is told. */
export const DISPATCH_MS = 10_000;
/** So long the gate keeps whoever asks waiting for a person; after it they have their answer. */
export const MOST_WAIT_MS = 25_000;

const HOUR_MS = 3_600_000;

export const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms);

interface Compensated {
  /** What the agent said when it asked. */
  given: Date | null;
  /** What the tool declares; null: without an end. */
  withinHours: number | null;
}

/** The earlier of both: an agent may know of less time than was reviewed, and never of more. Null: nobody named an end. */
export function reversibleUntilOf({ given, withinHours }: Compensated, committedAt: Date): Date | null {
  const declared = withinHours === null ? null : after(committedAt, withinHours * HOUR_MS);
  return given !== null && declared !== null ? (given < declared ? given : declared) : given ?? declared;
}
