// In which words is the standing proof told? The stop path is exercised each minute; a proof that is old proves nothing any more.

/** After so long without a proof something keeps it from being made. */
export const PATH_STALE_MS = 150_000;
/** After so long nobody knows any more whether a stop would get through. */
const PATH_LOST_MS = 3_600_000;
/** A house is given so long to make its first proof. */
const FIRST_PROOF_WITHIN_MS = 300_000;

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

/** `stale` has missed a proof, `lost` those of an hour; `never` has had no time for one yet, and `overdue` has had it. */
export const PATH_STATES = ["proven", "failed", "stale", "lost", "never", "overdue"] as const;
export type PathState = (typeof PATH_STATES)[number];

export interface PathWords {
  state: PathState;
  title: string;
  detail: string;
}

const tenth = (ms: number): string => `${(Math.max(0, ms) / 1_000).toFixed(ms < 50 ? 2 : 1)} s`;

function age(at: Date, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - at.getTime()) / 1_000));
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`;
}

const WHAT_TO_DO = "Check that a process with the role jobs runs, and what its log says.";

/** `since`: when the first agent came; null without one. */
export function pathWords(last: PathProof | null, since: Date | null, now: Date): PathWords {
  if (last === null && since !== null && now.getTime() - since.getTime() > FIRST_PROOF_WITHIN_MS) {
    return { state: "overdue", title: "The stop path was never proven", detail: `The first agent came ${age(since, now)}, and Holdpoint should exercise it each minute. ${WHAT_TO_DO}` };
  }
  if (last === null) return { state: "never", title: "The stop path has not been exercised yet", detail: "Holdpoint does so each minute, on an agent of its own that is no agent of yours." };
  const points = `${last.answered.toLocaleString("en")} of ${last.expected.toLocaleString("en")} ${last.expected === 1 ? "point" : "points"}`;
  if (!last.isProven) return { state: "failed", title: "The stop path failed its last proof", detail: `${last.sentence} Tried ${age(last.at, now)}, ${points}.` };
  const timing = last.p99Ms === null ? "" : `, p99 ${tenth(last.p99Ms)}`;
  const ageMs = now.getTime() - last.at.getTime();
  const detail = `Last proven ${age(last.at, now)}, ${points}${timing}. It should be each minute.`;
  if (ageMs > PATH_LOST_MS) return { state: "lost", title: "The stop path has not been proven for over an hour", detail: `${detail} ${WHAT_TO_DO}` };
  if (ageMs > PATH_STALE_MS) return { state: "stale", title: "The stop path is not being proven", detail };
  return { state: "proven", title: "The stop path works", detail: `proven ${age(last.at, now)}, ${points}${timing}` };
}
