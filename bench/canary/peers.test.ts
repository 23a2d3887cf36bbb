import { describe, expect, it } from "vitest";
import { argoDocumented, argoHalfMore, argoScaled } from "./argo-windows.ts";
import { widthInErrors } from "./confidence-sequence.ts";
import { calibratedLine, firstAt, medianTasks, noteHigh, shareReaching, type Highs } from "./highs.ts";
import { looksOf } from "./looks.ts";
import { SCENARIOS } from "./scenarios.ts";
import { simulateRollout } from "./simulate.ts";
import { zPeeking } from "./z-peeking.ts";

const simulated = (name: string, seed: string) => {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (!scenario) throw new Error(`no scenario ${name}`);
  return simulateRollout(scenario, seed);
};

describe("widthInErrors", () => {
  it("is that of the published code", () => {
    expect(widthInErrors(2_000, 5_000)).toBeCloseTo(2.886, 3);
    expect(widthInErrors(2_000, 1_000)).toBeCloseTo(2.801, 3);
  });
});

describe("highs", () => {
  const highs: Highs = [];
  for (const [tasks, value] of [[25, 1], [50, 0.5], [75, 2], [100, 1.5], [125, 3]] as const) noteHigh(highs, tasks, value);

  it("keeps where the statistic rose above all before", () => {
    expect(highs).toEqual([25, 1, 75, 2, 125, 3]);
    expect(firstAt(highs, 1.2)).toBe(75);
    expect(firstAt(highs, 3.1)).toBeNull();
  });

  it("draws the line that a twentieth of the runs reach", () => {
    const runs = Array.from({ length: 100 }, (_, run): Highs => [10, run]);
    const line = calibratedLine(runs, 0.05);
    expect(shareReaching(runs, line)).toBe(0.05);
    expect(medianTasks(runs, line)).toBeNull();
    expect(medianTasks(runs, 0)).toBe(10);
  });
});

describe("peers", () => {
  it("see nothing in the very first window of a quiet rollout, and a threefold error rate soon", () => {
    const quiet = simulated("null", "quiet 1");
    const broken = simulated("err x3", "broken 1");
    expect(firstAt(zPeeking(looksOf(broken), "stratified"), 4)).toBeLessThan(500);
    expect(firstAt(zPeeking(looksOf(quiet), "stratified"), 6)).toBeNull();
    expect(firstAt(argoScaled(broken), 4)).not.toBeNull();
  });

  it("Argo's fixed conditions fail on a rollout in which nothing changed", () => {
    const runs = Array.from({ length: 20 }, (_, run) => simulated("null", `argo ${run}`));
    expect(shareReaching(runs.map((run) => argoHalfMore(run, 0)), 1)).toBeGreaterThan(0.9);
    expect(shareReaching(runs.map(argoDocumented), 1)).toBeGreaterThan(0.2);
  });

  it("an outage of both arms fools the pooled comparison, not the one within stages", () => {
    const runs = Array.from({ length: 20 }, (_, run) => simulated("outage", `outage ${run}`));
    const reaching = (way: "pooled" | "stratified") => shareReaching(runs.map((run) => zPeeking(looksOf(run), way)), 3.4);
    expect(reaching("pooled")).toBeGreaterThan(reaching("stratified"));
  });
});
