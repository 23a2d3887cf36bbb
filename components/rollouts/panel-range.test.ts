import { expect, it } from "vitest";
import { limitLineOf, panelRange } from "./panel-range.ts";
import type { ShownSeries } from "./shown-rollout.ts";

const points = (...values: (number | null)[]) => values.map((value, at) => ({ at, value, low: value, high: value, n: 10 }));
const seriesOf = (metric: ShownSeries["metric"], current: (number | null)[], limit: Partial<ShownSeries["limit"]> = {}): ShownSeries =>
  ({ metric, current: points(...current), candidate: points(...current), difference: [], limit: { above: null, below: null, ...limit } });

it("all shares of a page have one scale, as high as the highest needs, and amounts have their own", () => {
  const all = [seriesOf("action_errors", [0.02, 0.02, 0.02]), seriesOf("escalation", [0.1, 0.2, 0.2]), seriesOf("latency", [900, 900, 900])];
  const [errors, escalation, latency] = all.map((one) => panelRange(one, all));
  expect(errors).toEqual(escalation);
  expect(errors?.to).toBeCloseTo(0.26);
  expect(latency?.to).toBeCloseTo(1_170);
});

it("a share goes up to 1 at most, and what is never seen still has a scale", () => {
  const success = seriesOf("success", [0.9, 0.95, 0.97]);
  expect(panelRange(success, [success])).toEqual({ from: 0, to: 1 });
  const none = seriesOf("violations", [0, 0, 0]);
  expect(panelRange(none, [none])).toEqual({ from: 0, to: 0.05 });
  const unknown = seriesOf("cost", [null, null]);
  expect(panelRange(unknown, [unknown])).toEqual({ from: 0, to: 1 });
});

it("the limit lies beside the newest known value of the current version, and is in view", () => {
  const errors = seriesOf("action_errors", [0.02, 0.02, null], { above: 0.04 });
  expect(limitLineOf(errors)).toBeCloseTo(0.06);
  expect(panelRange(errors, [errors]).to).toBeGreaterThan(0.06);
  expect(limitLineOf(seriesOf("success", [0.9], { below: -0.05 }))).toBeCloseTo(0.85);
});

it("no line is drawn where there is no such limit", () => {
  expect(limitLineOf(seriesOf("escalation", [0.1], { above: 0.1, below: -0.05 }))).toBeNull();
  expect(limitLineOf(seriesOf("success", [0.3], { below: -0.5 }))).toBeNull();
  expect(limitLineOf(seriesOf("action_errors", [0.9], { above: 0.2 }))).toBeNull();
  expect(limitLineOf(seriesOf("latency", [null]))).toBeNull();
});
