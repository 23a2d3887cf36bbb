import { expect, test } from "vitest";
import { CutRuns } from "./cut-runs.ts";

const refused = (conversationId: string | undefined, tool = "refund_create") => ({ tool, ...(conversationId === undefined ? {} : { conversationId }) });
/** Holdpoint, as long as it is `there`. */
function withHoldpoint() {
  const told: string[] = [];
  const house = { isThere: true };
  const runs = new CutRuns(async ({ conversationId = "", tool }) => {
    if (!house.isThere) throw new Error("nobody answers");
    told.push(`${conversationId} ${tool}`);
  });
  return { runs, told, house };
}
const stopped = { reason: "kill_switch", stopId: "st_1" } as const;

test("a run of which a stop refused a call is cut for every tool, and told of once", () => {
  const { runs, told } = withHoldpoint();
  runs.note("conv_1", "refund_create", stopped);
  runs.tell(refused("conv_1"), stopped);
  runs.tell(refused("conv_1", "order_get"), stopped);
  expect(told).toEqual(["conv_1 refund_create"]);
  expect([runs.stopOf("conv_1", "anything"), runs.stopOf("conv_2", "refund_create"), runs.stopOf(undefined, "refund_create")]).toEqual(["st_1", null, null]);
  runs.tell(refused("conv_1"), { ...stopped, stopId: "st_2" });
  expect(told).toHaveLength(2);
});

test("a stop of one tool cuts that tool alone", () => {
  const { runs } = withHoldpoint();
  runs.note("conv_1", "refund_create", { reason: "tool_stopped", stopId: "st_1" });
  expect([runs.stopOf("conv_1", "refund_create"), runs.stopOf("conv_1", "order_get")]).toEqual(["st_1", null]);
});

test("no other refusal cuts, and none of a call that names no run", () => {
  const { runs, told } = withHoldpoint();
  runs.tell(refused("conv_1"), { reason: "authority", stopId: null });
  runs.tell(refused(""), stopped);
  runs.tell(refused(undefined), stopped);
  runs.tell(refused("conv_1"), { reason: "run_cut", stopId: "st_1" });
  expect([told, runs.stopOf("conv_1", "refund_create")]).toEqual([[], null]);
});

test("what Holdpoint could not be told is told with the next call", async () => {
  const { runs, told, house } = withHoldpoint();
  house.isThere = false;
  runs.tell(refused("conv_1"), stopped);
  await new Promise(setImmediate);
  house.isThere = true;
  runs.tell(refused("conv_1", "order_get"), stopped);
  expect([told, runs.stopOf("conv_1", "refund_create")]).toEqual([["conv_1 order_get"], "st_1"]);
});

test("what was let go on is not cut any more", () => {
  const { runs } = withHoldpoint();
  runs.note("conv_1", "refund_create", stopped);
  runs.forget("conv_1", "order_get");
  expect(runs.stopOf("conv_1", "refund_create")).toBeNull();
});

test("of very many the oldest is forgotten first", () => {
  const { runs } = withHoldpoint();
  for (let index = 0; index <= 10_000; index++) runs.note(`conv_${index}`, "refund_create", stopped);
  expect([runs.stopOf("conv_0", "refund_create"), runs.stopOf("conv_1", "refund_create"), runs.stopOf("conv_10000", "refund_create")]).toEqual([null, "st_1", "st_1"]);
});
