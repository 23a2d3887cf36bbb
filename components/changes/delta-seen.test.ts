import { expect, it } from "vitest";
import { isRead } from "./delta-seen.ts";

const box = (top: number, bottom: number) => ({ top, bottom, height: bottom - top }) as DOMRectReadOnly;
const WINDOW = box(64, 800);

it.each<[string, number, DOMRectReadOnly, boolean]>([
  ["all of it", 1, box(100, 140), true],
  ["all but a part of a pixel", 0.995, box(63.9, 103.9), true],
  ["its end only", 0.4, box(40, 80), false],
  ["its beginning only", 0.4, box(780, 820), false],
  ["nothing", 0, box(900, 940), false],
  ["the beginning of one that is taller than the window", 0.5, box(64, 1_600), false],
  ["the end of one that is taller than the window", 0.5, box(-800, 790), true],
  ["the place below one that is taller than the window", 0, box(-1_600, 10), false],
])("%s in the window", (_, intersectionRatio, boundingClientRect, expected) => {
  expect(isRead({ intersectionRatio, boundingClientRect, rootBounds: WINDOW })).toBe(expected);
});
