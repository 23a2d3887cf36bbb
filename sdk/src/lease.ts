// May this point still decide by itself? Until its lease runs out, on a clock that nobody can set.

/** Longer waits are cut by Node to one millisecond. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class Lease {
  #untilMs: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  readonly #onEnd: () => void;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** On the clock of `performance.now()`; null when there is none. */
  get untilMs(): number | null {
    return this.isHeld ? this.#untilMs : null;
  }

  get isHeld(): boolean {
    return this.#untilMs !== null && performance.now() < this.#untilMs;
  }

  /** Counted from when it was asked for, not from when the answer came; it never becomes shorter by that. */
  extend(askedAtMs: number, leaseMs: number): void {
    const untilMs = askedAtMs + leaseMs;
    if (this.#untilMs !== null && untilMs <= this.#untilMs) return;
    this.#untilMs = untilMs;
    clearTimeout(this.#timer);
    this.#watch();
  }

  end(): void {
    this.#untilMs = null;
    clearTimeout(this.#timer);
  }

  #watch(): void {
    const left = Math.min(LONGEST_TIMER_MS, Math.ceil((this.#untilMs ?? 0) - performance.now()));
    this.#timer = setTimeout(() => {
      // A timer may come a moment early.
      if (this.isHeld) this.#watch();
      else {
        this.#untilMs = null;
        this.#onEnd();
      }
    }, Math.max(1, left)).unref();
  }
}
