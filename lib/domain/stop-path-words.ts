// In which words is the standing proof told? The stop path is exercised each minute; a proof that is old proves nothing any more.

/** After so long without a proof something keeps it from being made. */
export const PATH_STALE_MS = 150_000;

export interface PathProof {
  at: Date;
  isProven: boolean;
  answered: number;
  expected: number;
  p99Ms: number | null;
  worstMs: number | null;
  /** What failed. */
  sentence: string;
}

export type PathState = "proven" | "failed" | "stale" | "never";

export interface PathWords {
  state: PathState;
  title: string;
  detail: string;
}

const tenth = (ms: number): string => `${(Math.max(0, ms) / 1_000).toFixed(ms < 50 ? 2 : 1)} s`;

function age(at: Date, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - at.getTime()) / 1_000));
  if (seconds < 120) return `${seconds} s ago`;
  return seconds < 7_200 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3_600)} h ago`;
}

export function pathWords(last: PathProof | null, now: Date): PathWords {
  if (last === null) return { state: "never", title: "The stop path has not been exercised yet", detail: "Holdpoint does so each minute, on an agent of its own that is no agent of yours." };
  const points = `${last.answered.toLocaleString("en")} of ${last.expected.toLocaleString("en")} ${last.expected === 1 ? "point" : "points"}`;
  if (!last.isProven) return { state: "failed", title: "The stop path failed its last proof", detail: `${last.sentence} Tried ${age(last.at, now)}, ${points}.` };
  const timing = last.p99Ms === null ? "" : `, p99 ${tenth(last.p99Ms)}`;
  if (now.getTime() - last.at.getTime() > PATH_STALE_MS) return { state: "stale", title: "The stop path is not being proven", detail: `Last proven ${age(last.at, now)}, ${points}${timing}. It should be each minute.` };
  return { state: "proven", title: "The stop path works", detail: `proven ${age(last.at, now)}, ${points}${timing}` };
}
