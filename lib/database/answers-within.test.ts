import { expect, test } from "vitest";
import { answersWithin } from "./answers-within.ts";
import { isDatabaseUnavailable } from "./is-database-unavailable.ts";

test("an answer passes, and so does a refusal", async () => {
  expect(await answersWithin(1_000, Promise.resolve("there"))).toBe("there");
  await expect(answersWithin(1_000, Promise.reject(new TypeError("a bug")))).rejects.toThrow(TypeError);
});

test("silence is a database that is away", async () => {
  const error: unknown = await answersWithin(5, new Promise(() => undefined)).catch((reason: unknown) => reason);
  expect(isDatabaseUnavailable(error)).toBe(true);
});
