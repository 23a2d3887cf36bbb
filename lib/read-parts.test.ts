import { expect, test } from "vitest";
import { readParts, valueOf } from "./read-parts.ts";

test("what fails takes nothing else along, and has a reference of its own", async () => {
  const parts = await readParts({ runs: Promise.resolve([1, 2]), spend: Promise.reject(new Error("no such column")), owners: Promise.reject(new Error("too slow")) });
  expect(parts.runs).toEqual({ ok: true, value: [1, 2] });
  expect([parts.spend, parts.owners]).toEqual([{ ok: false, reference: expect.stringMatching(/^[0-9a-f]{8}$/) as string }, { ok: false, reference: expect.stringMatching(/^[0-9a-f]{8}$/) as string }]);
  expect(new Set([parts.spend, parts.owners].map((part) => (part.ok ? "" : part.reference))).size).toBe(2);
  expect([valueOf(parts.runs, null), valueOf(parts.spend, null)]).toEqual([[1, 2], null]);
});
