import { expect, it } from "vitest";
import { mergeStable } from "./merge-stable.ts";

const item = (key: string, text = key) => ({ key, text });

it("keeps the order, takes fresh contents, counts what is new and marks what is gone", () => {
  const merged = mergeStable([item("a"), item("b"), item("c")], [item("x"), item("c", "c2"), item("a")]);
  expect(merged).toEqual({ items: [item("a"), item("b"), item("c", "c2")], newCount: 1, goneKeys: ["b"] });
});
