/** A press this soon after something moved under the finger was meant for what was there before. */
const STEADY_MS = 300;

/** One press counts: not a second one, not a repeated key, not one that came before the screen stood still. */
export function makePressGuard(clock: () => number) {
  let steadyFrom = clock() + STEADY_MS;
  let isTaken = false;
  return {
    /** Something to press has appeared or moved. */
    moved: (): void => {
      steadyFrom = clock() + STEADY_MS;
    },
    /** True for the one press that is to be carried out. */
    take: (): boolean => {
      if (isTaken || clock() < steadyFrom) return false;
      isTaken = true;
      return true;
    },
    /** It could not be carried out: the next press counts again. */
    giveBack: (): void => {
      isTaken = false;
    },
  };
}
export type PressGuard = ReturnType<typeof makePressGuard>;
