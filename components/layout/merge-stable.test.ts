import { expect, it } from "vitest";
import { mergeStable } from "./merge-stable.ts";

const keyOf = ({ key }: { key: string }) => key;
const item = (key: string, text = key) => ({ key, text });

it("keeps the order, takes fresh contents, counts what is new and marks what is gone", () => {
  const merged = mergeStable([item("a"), item("b"), item("c")], [item("x"), item("c", "c2"), item("a")], keyOf, false);
  expect(merged).toEqual({ items: [item("a"), item("b"), item("c", "c2")], newCount: 1, goneKeys: ["b"] });
});

it("takes what a fuller page pushed over its end for open still", () => {
  const [shown, fresh] = [[item("a"), item("b"), item("c"), item("d")], [item("x"), item("a"), item("c")]];
  expect(mergeStable(shown, fresh, keyOf, true).goneKeys).toEqual(["b"]);
  expect(mergeStable(shown, fresh, keyOf, false).goneKeys).toEqual(["b", "d"]);
});
