// How long does a point wait before it tries again? Full jitter, so that a thousand points that lost the same server do not return together.

const FIRST_MS = 250;
const LONGEST_MS = 5_000;

/** In milliseconds. `attempt` counts from 0; `random` is in [0, 1). */
export function reconnectDelay(attempt: number, random: number): number {
  return random * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(Math.max(attempt, 0), 16));
}
