import { expect, it } from "vitest";
import { canBeRead, pillWords } from "./held-words.ts";
import type { LiveStatus } from "./live-status.ts";

const ALL: readonly LiveStatus[] = ["live", "delayed", "offline", "paused", "signed_out"];

it("whatever is held back can be read by a press, also where nothing is known to have moved", () => {
  expect(pillWords({ status: "live", isHeld: true, hasMoved: true })).toBe("Show it as it is now");
  expect(pillWords({ status: "live", isHeld: true, hasMoved: false })).toBe("Read again");
  expect(pillWords({ status: "paused", isHeld: true, hasMoved: false })).toBe("Read again");
  expect(pillWords({ status: "live", isHeld: false, hasMoved: true })).toBeNull();
});

it.each(ALL)("while %s nothing is offered, and no page asked for, that could not come", (status) => {
  expect(pillWords({ status, isHeld: true, hasMoved: true }) !== null).toBe(canBeRead(status));
  expect(canBeRead(status)).toBe(["live", "paused"].includes(status));
});
