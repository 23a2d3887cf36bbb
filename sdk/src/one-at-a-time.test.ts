import { expect, test } from "vitest";
import { OneAtATime } from "./one-at-a-time.ts";

function doors() {
  const open: (() => void)[] = [];
  const reached: (() => void)[] = [];
  let runs = 0;
  return {
    run: async () => {
      runs += 1;
      reached.shift()?.();
      await new Promise<void>((resolve) => open.push(resolve));
      return null;
    },
    open: () => open.shift()?.(),
    next: () => new Promise<void>((resolve) => reached.push(resolve)),
    get runs() {
      return runs;
    },
  };
}

test("starts in the same tick, never twice at once, and once more for all who asked meanwhile", async () => {
  const door = doors();
  const work = new OneAtATime(door.run);
  work.now();
  expect(door.runs).toBe(1);
  work.now();
  work.now();
  expect(door.runs).toBe(1);
  const again = door.next();
  door.open();
  await again;
  expect(door.runs).toBe(2);
  door.open();
});

test("does nothing after its end", async () => {
  const door = doors();
  const work = new OneAtATime(door.run);
  work.end();
  work.now();
  work.after(0);
  expect(door.runs).toBe(0);
});

test("comes again by itself after what it said", async () => {
  let runs = 0;
  await new Promise<void>((resolve) => {
    const work = new OneAtATime(async () => {
      runs += 1;
      if (runs === 3) resolve();
      return runs < 3 ? 1 : null;
    });
    work.now();
    // The work's own timers keep no program alive.
    setTimeout(() => undefined, 1_000);
  });
  expect(runs).toBe(3);
});
