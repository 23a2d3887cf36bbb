import { expect, test } from "vitest";
import { addressText } from "./address-text.ts";

test("a value is read without the space around it, and is nothing when it is empty, missing or given twice", () => {
  expect(addressText("  refund ")).toBe("refund");
  expect([addressText("  "), addressText(""), addressText(undefined), addressText(["a", "b"])]).toEqual([null, null, null, null]);
});

test("a value longer than any name is cut", () => {
  expect(addressText("x".repeat(300))).toHaveLength(200);
});
