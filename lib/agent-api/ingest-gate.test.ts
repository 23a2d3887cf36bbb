import { expect, test } from "vitest";
import { holdingBytes } from "./ingest-gate.ts";

const MEGABYTE = 1024 * 1024;

/** A body that stays in memory until it is let go. */
function heldBody(announcedMegabytes: number) {
  const { promise, resolve: letGo } = Promise.withResolvers<void>();
  let grow: (megabytes: number) => void = () => undefined;
  const ended = holdingBytes(announcedMegabytes * MEGABYTE, (hold) => {
    grow = (megabytes) => hold(megabytes * MEGABYTE);
    return promise;
  });
  return { grow: (megabytes: number) => grow(megabytes), letGo, ended };
}

test("a body that grows beyond the room is refused as one that was announced so large, and what it held is free again", async () => {
  const [first, second] = [heldBody(200), heldBody(0)];
  second.grow(50);
  expect(() => second.grow(100)).toThrow("Too many telemetry requests");
  await expect(heldBody(10).ended).rejects.toThrow("Too many telemetry requests");
  second.letGo();
  await second.ended;
  const third = heldBody(50);
  first.grow(1);
  expect(() => third.grow(250)).not.toThrow();
  for (const one of [first, third]) {
    one.letGo();
    await one.ended;
  }
});

test("a body alone is taken, however large", async () => {
  const alone = heldBody(0);
  expect(() => alone.grow(1_000)).not.toThrow();
  alone.letGo();
  await alone.ended;
  await expect(holdingBytes(1_000 * MEGABYTE, () => Promise.resolve("done"))).resolves.toBe("done");
});
