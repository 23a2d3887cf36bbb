import { describe, expect, test } from "vitest";
import { pathWords, type PathProof } from "./stop-path-words.ts";

const now = new Date("2026-11-21T02:21:05Z");
const proof = (secondsAgo: number, more: Partial<PathProof> = {}): PathProof => ({
  at: new Date(now.getTime() - secondsAgo * 1_000), isProven: true, answered: 7, expected: 7, p99Ms: 400, worstMs: 410, sentence: "All points answered.", ...more,
});

describe("the standing proof", () => {
  test("is told with its age, its points and its p99", () => {
    expect(pathWords(proof(38), null, now)).toEqual({ state: "proven", title: "The stop path works", detail: "proven 38 s ago, 7 of 7 points, p99 0.4 s" });
    expect(pathWords(proof(38, { p99Ms: 12, expected: 1, answered: 1 }), null, now).detail).toBe("proven 38 s ago, 1 of 1 point, p99 0.01 s");
  });

  test("does not outlive its minutes", () => {
    expect(pathWords(proof(150), null, now).state).toBe("proven");
    expect(pathWords(proof(151), null, now)).toEqual({ state: "stale", title: "The stop path is not being proven", detail: "Last proven 2 min ago, 7 of 7 points, p99 0.4 s. It should be each minute." });
  });

  test("of over an hour ago is lost, with what to do", () => {
    expect(pathWords(proof(3_600), null, now).state).toBe("stale");
    expect(pathWords(proof(3_601), null, now)).toEqual({
      state: "lost", title: "The stop path has not been proven for over an hour", detail: "Last proven 60 min ago, 7 of 7 points, p99 0.4 s. It should be each minute. Check that a process with the role jobs runs, and what its log says.",
    });
  });

  test("never made is no matter in a fresh house, and said as soon as there was time for it", () => {
    const since = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
    expect(pathWords(null, since(300), now).state).toBe("never");
    expect(pathWords(null, since(301), now)).toEqual({
      state: "overdue", title: "The stop path was never proven", detail: "The first agent came 5 min ago, and Holdpoint should exercise it each minute. Check that a process with the role jobs runs, and what its log says.",
    });
    expect(pathWords(proof(38), since(86_400), now).state).toBe("proven");
  });

  test("failed says what failed; never says never", () => {
    expect(pathWords(proof(20, { isProven: false, answered: 6, sentence: "gw eu-2 did not answer." }), null, now)).toEqual({
      state: "failed", title: "The stop path failed its last proof", detail: "gw eu-2 did not answer. Tried 20 s ago, 6 of 7 points.",
    });
    expect(pathWords(null, null, now).state).toBe("never");
  });
});
