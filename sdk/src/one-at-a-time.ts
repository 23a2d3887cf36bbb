// Something that is done again and again, never twice at once, and at once again when it was wanted meanwhile.

export class OneAtATime {
  readonly #run: () => Promise<number | null>;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #isWanted = false;
  #isOver = false;

  /** `run` never rejects; it says after how many milliseconds it is to be done again by itself, or null. */
  constructor(run: () => Promise<number | null>) {
    this.#run = run;
  }

  /** In the same tick, unless it is under way. */
  now(): void {
    if (this.#isOver) return;
    this.#isWanted = true;
    this.#running ??= this.#go();
  }

  after(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#isOver) this.#timer = setTimeout(() => this.now(), ms).unref();
  }

  /** What is under way goes on. */
  notLater(): void {
    clearTimeout(this.#timer);
  }

  /** Never again; resolves when what is under way has ended. */
  async end(): Promise<void> {
    this.#isOver = true;
    this.#isWanted = false;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #go(): Promise<void> {
    clearTimeout(this.#timer);
    let againMs: number | null = null;
    while (this.#isWanted) {
      this.#isWanted = false;
      againMs = await this.#run();
    }
    this.#running = null;
    if (againMs !== null) this.after(againMs);
  }
}
