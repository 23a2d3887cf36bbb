import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { gatherMoves, makeMoves, type Moved } from "./moves.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch(movesWith: readonly string[]) {
  const moves = makeMoves();
  const onMoved = vi.fn();
  const leave = gatherMoves(moves, movesWith, onMoved);
  return { tell: (kinds: Moved) => moves.tell(kinds), onMoved, leave };
}

it("a list is told of its own kinds, and of no other ones", () => {
  const { tell, onMoved } = watch(["stop.", "authority."]);
  tell(["runs.moved", "action.committed"]);
  vi.runAllTimers();
  expect(onMoved).not.toHaveBeenCalled();
  tell(["runs.moved", "stop.engaged"]);
  vi.runAllTimers();
  expect(onMoved).toHaveBeenCalledTimes(1);
});

it("what may have been missed concerns everybody", () => {
  const { tell, onMoved } = watch(["stop."]);
  tell(null);
  vi.runAllTimers();
  expect(onMoved).toHaveBeenCalledTimes(1);
});

it("a burst is told once, and what comes after it once more", () => {
  const { tell, onMoved } = watch(["stop.", "authority."]);
  for (const kind of ["stop.engaged", "authority.changed", "stop.proven"]) tell([kind]);
  vi.advanceTimersByTime(1_000);
  expect(onMoved).toHaveBeenCalledTimes(1);
  tell(["stop.released"]);
  vi.advanceTimersByTime(1_000);
  expect(onMoved, "not right after").toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(4_000);
  expect(onMoved).toHaveBeenCalledTimes(2);
});

it("who has left is told nothing, not even what was being gathered", () => {
  const { tell, onMoved, leave } = watch(["stop."]);
  tell(["stop.engaged"]);
  leave();
  tell(["stop.released"]);
  vi.runAllTimers();
  expect(onMoved).not.toHaveBeenCalled();
});
