// Until when is deleted what is kept for so many days, and how much of it at once? In batches, each a transaction of its own.

/** Whoever writes to one of these rows meanwhile waits at most for so many. */
export const AT_ONCE = 5_000;
/** In one go; a sweep has to come to an end. */
export const MOST_AT_A_TIME = 2_000_000;

const DAY_MS = 86_400_000;

export const cutoffOf = (days: number, now: Date): Date => new Date(now.getTime() - days * DAY_MS);
