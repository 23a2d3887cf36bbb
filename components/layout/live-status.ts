// Is what is on the screen current? From when the house was heard last, and whether anybody wanted to hear it.

export type LiveStatus = "live" | "delayed" | "offline" | "paused" | "signed_out";

export const DELAYED_AFTER_MS = 10_000;
export const OFFLINE_AFTER_MS = 30_000;
/** What is older is decided by nobody. */
export const STALE_AFTER_MS = 15_000;
/** Whoever reads that something is stopped, or that nothing is, acts on it at once. */
export const STOPS_STALE_AFTER_MS = 10_000;

export interface Heard {
  /** In milliseconds; when the page was made, as long as nothing was heard. */
  lastHeardMs: number;
  isOnline: boolean;
  isPaused: boolean;
  /** The console answers, and no longer this person. */
  isSignedOut: boolean;
}

export function liveStatus({ lastHeardMs, isOnline, isPaused, isSignedOut }: Heard, nowMs: number): LiveStatus {
  if (isSignedOut) return "signed_out";
  if (!isOnline) return "offline";
  if (isPaused) return "paused";
  const silentMs = nowMs - lastHeardMs;
  return silentMs >= OFFLINE_AFTER_MS ? "offline" : silentMs >= DELAYED_AFTER_MS ? "delayed" : "live";
}

/** Too old to decide from. Who paused sees what was, however well the house is heard. */
export const isStale = (heard: Heard, nowMs: number): boolean => heard.isSignedOut || !heard.isOnline || heard.isPaused || nowMs - heard.lastHeardMs >= STALE_AFTER_MS;

/** What is watched is read again at least twice in this time, even when nothing moves. */
const OLDEST_WATCHED_MS = 90_000;

export interface ReadData {
  status: LiveStatus;
  readAtMs: number;
  /** The last attempt to read it again failed. */
  hasFailed: boolean;
  /** Read again as soon as the house says that it moved. */
  isWatched: boolean;
  /** Without it, 90 s. */
  oldestMs?: number;
  /** It tells what is stopped. */
  saysStops?: boolean;
}

/** How old data is, as soon as that should be said; null while it is current. A live connection vouches only for what is watched and could be read. */
export function dataAge({ status, readAtMs, hasFailed, isWatched, oldestMs = OLDEST_WATCHED_MS, saysStops = false }: ReadData, nowMs: number): number | null {
  const ageMs = Math.max(0, nowMs - readAtMs);
  if (status === "offline" || status === "signed_out") return ageMs;
  const isVouchedFor = status === "live" && !hasFailed;
  if (!isVouchedFor && isWatched) return ageMs >= (saysStops ? STOPS_STALE_AFTER_MS : STALE_AFTER_MS) ? ageMs : null;
  return ageMs > oldestMs ? ageMs : null;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

/** Full jitter, so that a thousand tabs do not come back in the same moment. `random` is from 0 to 1. */
export const reconnectWait = (attempt: number, random: number): number => Math.round(random * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt)) + 250;

/** A pattern that ends in a dot stands for all kinds that begin so. */
export const concerns = (patterns: readonly string[], kinds: readonly string[]): boolean =>
  patterns.some((pattern) => kinds.some((kind) => (pattern.endsWith(".") ? kind.startsWith(pattern) : kind === pattern)));
