import { expect, test } from "vitest";
import { CutRuns } from "./cut-runs.ts";

const stopped = { reason: "kill_switch", stopId: "st_1" } as const;

test("a run of which a stop refused a call is cut for every tool, and told of once", () => {
  const runs = new CutRuns();
  runs.note("conv_1", "refund_create", stopped);
  expect([runs.isToBeTold("conv_1", "refund_create", stopped), runs.isToBeTold("conv_1", "order_get", stopped)]).toEqual([true, false]);
  expect([runs.stopOf("conv_1", "anything"), runs.stopOf("conv_2", "refund_create"), runs.stopOf(undefined, "refund_create")]).toEqual(["st_1", null, null]);
  expect(runs.isToBeTold("conv_1", "refund_create", { ...stopped, stopId: "st_2" })).toBe(true);
});

test("a stop of one tool cuts that tool alone", () => {
  const runs = new CutRuns();
  runs.note("conv_1", "refund_create", { reason: "tool_stopped", stopId: "st_1" });
  expect([runs.stopOf("conv_1", "refund_create"), runs.stopOf("conv_1", "order_get")]).toEqual(["st_1", null]);
});

test("no other refusal cuts, and none of a call that names no run", () => {
  const runs = new CutRuns();
  expect([runs.isToBeTold("conv_1", "refund_create", { reason: "authority", stopId: null }), runs.isToBeTold("", "refund_create", stopped), runs.isToBeTold(undefined, "refund_create", stopped), runs.isToBeTold("conv_1", "refund_create", { reason: "run_cut", stopId: "st_1" })]).toEqual([false, false, false, false]);
  expect(runs.stopOf("conv_1", "refund_create")).toBeNull();
});

test("what was let go on is not cut any more", () => {
  const runs = new CutRuns();
  runs.note("conv_1", "refund_create", stopped);
  runs.forget("conv_1", "order_get");
  expect(runs.stopOf("conv_1", "refund_create")).toBeNull();
});

test("of very many the oldest is forgotten first", () => {
  const runs = new CutRuns();
  for (let index = 0; index <= 10_000; index++) runs.note(`conv_${index}`, "refund_create", stopped);
  expect([runs.stopOf("conv_0", "refund_create"), runs.stopOf("conv_1", "refund_create"), runs.stopOf("conv_10000", "refund_create")]).toEqual([null, "st_1", "st_1"]);
});
