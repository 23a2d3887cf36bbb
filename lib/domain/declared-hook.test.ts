import { expect, test } from "vitest";
import { declaredHook, hookDigest, isCompensated } from "./declared-hook.ts";
import type { CompensationHook } from "./manifest.ts";

const http: CompensationHook = { kind: "http", url: "https://pay.example.test/void" };

test.each([
  ["nothing", undefined, null],
  ["a hook", { description: "Void it.", hook: http }, http],
  ["words only", { description: "Write another letter." }, { kind: "manual", instructions: "Write another letter.", owner: "role:technical_owner" }],
  ["no words", { description: " " }, null],
] as const)("a tool that declares %s", (_what, compensation, hook) => {
  expect(declaredHook(compensation)).toEqual(hook);
});

test.each([
  ["nothing", undefined, false],
  ["no words", { description: "" }, false],
  ["words only", { description: "Call the bank." }, false],
  ["instructions", { description: "Call the bank.", hook: { kind: "manual", instructions: "Call.", owner: "role:technical_owner" } }, false],
  ["a handler", { description: "", hook: { kind: "tool", tool: "void" } }, true],
  ["an address", { description: "Void it.", hook: http }, true],
] as const)("what works without a person: %s", (_what, compensation, isIt) => {
  expect(isCompensated(compensation)).toBe(isIt);
});

test("another address is another hook; the order in which it is written is none of it", () => {
  expect(hookDigest({ url: "https://pay.example.test/void", kind: "http" })).toBe(hookDigest(http));
  expect(hookDigest({ ...http, url: "https://pay.example.test/void/" })).not.toBe(hookDigest(http));
});
