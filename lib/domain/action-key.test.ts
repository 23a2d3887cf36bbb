import { expect, test } from "vitest";
import { whyNotItsKey } from "./action-key.ts";

test.each<[string, string, boolean, boolean]>([
  ["the key that prepared it", "key:one", false, true], ["the key that prepared it, in the moment in which it is revoked", "key:one", true, true],
  ["another key", "key:two", false, false], ["another key, once the first is revoked", "key:two", true, true],
])("%s", (_, teller, isRevoked, mayTell) => {
  expect(whyNotItsKey(teller, { preparedBy: "key:one", isRevoked }) === null).toBe(mayTell);
});
