// May this point still decide by itself? Until its lease runs out, by each of two clocks: one that nobody can set, and one that goes on while the machine sleeps.

/** A timer stands still while the machine sleeps, and the lease does not. */
const LOOK_EVERY_MS = 1_000;

/** When a lease was asked for. */
export interface Asked {
  /** `performance.now()` */
  steadyMs: number;
  /** `Date.now()` */
  wallMs: number;
}

export const askedNow = (): Asked => ({ steadyMs: performance.now(), wallMs: Date.now() });

export class Lease {
  #held: { asked: Asked; leaseMs: number } | null = null;
  #timer: NodeJS.Timeout | undefined;
  readonly #onEnd: () => void;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** On the clock of `performance.now()`; null when there is none. */
  get untilMs(): number | null {
    return this.#held !== null && this.#leftMs > 0 ? this.#held.asked.steadyMs + this.#held.leaseMs : null;
  }

  get isHeld(): boolean {
    return this.#leftMs > 0;
  }

  /** Counted from when it was asked for, not from when the answer came; it never becomes shorter by that. */
  extend(asked: Asked, leaseMs: number): void {
    if (this.#held !== null && asked.steadyMs + leaseMs <= this.#held.asked.steadyMs + this.#held.leaseMs) return;
    this.#held = { asked, leaseMs };
    clearTimeout(this.#timer);
    this.#watch();
  }

  end(): void {
    this.#held = null;
    clearTimeout(this.#timer);
  }

  /** By the clock by which more time has passed: one that was set back prolongs nothing, one that was set forward ends it early. */
  get #leftMs(): number {
    if (this.#held === null) return 0;
    const { asked, leaseMs } = this.#held;
    return leaseMs - Math.max(performance.now() - asked.steadyMs, Date.now() - asked.wallMs);
  }

  #watch(): void {
    this.#timer = setTimeout(() => {
      // A timer may come a moment early.
      if (this.isHeld) this.#watch();
      else {
        this.#held = null;
        this.#onEnd();
      }
    }, Math.min(LOOK_EVERY_MS, Math.max(1, Math.ceil(this.#leftMs)))).unref();
  }
}
