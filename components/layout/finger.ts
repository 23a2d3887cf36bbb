/** How long somebody is still there after pointer, focus or finger have left: who moves away to read moves back to press. */
export const STILL_THERE_MS = 2_000;
/** A press this soon after rows have moved was meant for what stood there before. */
const STEADY_MS = 300;

/** What is known of fingers on the glass. A finger points at nothing before it presses, so a pointer's hover says nothing of it. `clock`: milliseconds. */
export function makeFinger(clock: () => number) {
  let [isDown, liftedMs, steadyFromMs, mouseSteadyFromMs] = [false, -Infinity, -Infinity, -Infinity];
  return {
    down: (): void => {
      isDown = true;
    },
    lifted: (): void => {
      [isDown, liftedMs] = [false, clock()];
    },
    /** Rows have moved by themselves. */
    rowsMoved: (): void => {
      steadyFromMs = clock() + STEADY_MS;
    },
    /** The page was made anew while nobody was in its rows: by now a mouse may be there, on its way to what stood there before. */
    rowsMade: (): void => {
      steadyFromMs = mouseSteadyFromMs = clock() + STEADY_MS;
    },
    /** It presses or scrolls, or did so a moment ago: no row may move. */
    isHere: (): boolean => isDown || clock() < liftedMs + STILL_THERE_MS,
    /** What it presses now is what it saw. */
    isSteady: (): boolean => clock() >= steadyFromMs,
    /** The same of a mouse, which holds rows as soon as it is in them. */
    isMouseSteady: (): boolean => clock() >= mouseSteadyFromMs,
  };
}

export const finger = makeFinger(() => performance.now());
