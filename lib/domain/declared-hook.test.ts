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
  ["nothing", undefined, false, false],
  ["no words", { description: "" }, false, false],
  ["words only", { description: "Call the bank." }, true, false],
  ["instructions", { description: "Call the bank.", hook: { kind: "manual", instructions: "Call.", owner: "role:technical_owner" } }, true, false],
  ["a handler", { description: "", hook: { kind: "tool", tool: "void" } }, true, true],
  ["an address", { description: "Void it.", hook: http }, true, true],
] as const)("behind a write and what cannot be undone: %s", (_what, compensation, write, irreversible) => {
  expect([isCompensated({ effect: "write", compensation }), isCompensated({ effect: "irreversible", compensation })]).toEqual([write, irreversible]);
});

test("another address is another hook; the order in which it is written is none of it", () => {
  expect(hookDigest({ url: "https://pay.example.test/void", kind: "http" })).toBe(hookDigest(http));
  expect(hookDigest({ ...http, url: "https://pay.example.test/void/" })).not.toBe(hookDigest(http));
});
