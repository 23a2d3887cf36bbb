// What takes an action back, where the agent runs? Handlers that Holdpoint calls one step at a time, and is told how each went.

import { fieldsOf, numberIn, textIn, type Fields } from "./fields.ts";

export interface CompensationStep {
  /** Stays the same when the step is told again: hand it on as an idempotency key. */
  stepId: string;
  actionId: string;
  /** Of the action that is taken back. */
  tool: string;
  /** Of the action, or those that the agent named for its reversal. */
  arguments: unknown;
  /** What the action gave back when it was committed. */
  result: unknown;
}

export type CompensationHandler = (step: CompensationStep) => unknown;

export interface CompensationRehearsal {
  rehearsalId: string;
  /** Whose effect the handler takes back. */
  tool: string;
}

/** Tries the way back and changes nothing: whether the other system answers, whether the right to do it is still there. What throws is a failure. */
export type RehearsalHandler = (rehearsal: CompensationRehearsal) => unknown;

interface Handler {
  run: CompensationHandler;
  rehearse: RehearsalHandler | undefined;
}

export type RehearsalEnd = { outcome: "passed" | "not_supported" } | { outcome: "failed"; error: string };

interface Steps {
  next: (waitMs: number, handlers: readonly string[]) => Promise<unknown>;
  rehearsed: (rehearsalId: string, end: RehearsalEnd) => Promise<unknown>;
  done: (stepId: string, attempt: number, response: unknown) => Promise<unknown>;
  failed: (stepId: string, attempt: number, error: string) => Promise<unknown>;
}

const TURN_MS = 20_000;
/** Steps wait for their turn behind it. */
const REHEARSAL_MS = 10_000;
const AGAIN_MS = 5_000;
/** Of steps whose end is known here and may not be known there. */
const MOST_REMEMBERED = 1_000;

export class Compensations {
  readonly #steps: Steps;
  readonly #handlers = new Map<string, Handler>();
  readonly #ended = new Map<string, unknown>();
  #isOver = false;
  #isListening = false;

  constructor(steps: Steps) {
    this.#steps = steps;
  }

  /** `name`: what the tool's compensation names as its hook. Answers how to take it away again. */
  on(name: string, run: CompensationHandler, rehearse?: RehearsalHandler): () => void {
    this.#handlers.set(name, { run, rehearse });
    if (!this.#isListening) {
      this.#isListening = true;
      void this.#listen();
    }
    return () => void this.#handlers.delete(name);
  }

  end(): void {
    this.#isOver = true;
    this.#handlers.clear();
  }

  async #listen(): Promise<void> {
    // Most programs name all their handlers at once.
    await Promise.resolve();
    while (!this.#isOver && this.#handlers.size > 0) {
      try {
        const { steps, rehearsals } = fieldsOf(await this.#steps.next(TURN_MS, [...this.#handlers.keys()]));
        // One after the other: a later effect is taken back before an earlier one.
        for (const step of Array.isArray(steps) ? steps.map(fieldsOf) : []) await this.#handle(step);
        for (const rehearsal of Array.isArray(rehearsals) ? rehearsals.map(fieldsOf) : []) await this.#rehearse(rehearsal);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS).unref());
      }
    }
    this.#isListening = false;
  }

  async #handle(step: Fields): Promise<void> {
    const [stepId, attempt] = [textIn(step, "stepId"), numberIn(step, "attempt")];
    if (stepId === "" || this.#isOver) return;
    if (this.#ended.has(stepId)) return void (await this.#steps.done(stepId, attempt, this.#ended.get(stepId)));
    const handler = this.#handlers.get(textIn(step, "handler"));
    if (!handler) return void (await this.#steps.failed(stepId, attempt, "No handler of this name is registered where the agent runs."));
    try {
      const response = tellable(await handler.run({ stepId, actionId: textIn(step, "actionId"), tool: textIn(step, "tool"), arguments: step.arguments, result: step.result }));
      if (this.#ended.size >= MOST_REMEMBERED) this.#ended.clear();
      this.#ended.set(stepId, response);
    } catch (error) {
      return void (await this.#steps.failed(stepId, attempt, sentenceOf(error)));
    }
    await this.#steps.done(stepId, attempt, this.#ended.get(stepId));
  }

  /** What takes back for real is never called here: only what was given for this. */
  async #rehearse(asked: Fields): Promise<void> {
    const [rehearsalId, handler] = [textIn(asked, "rehearsalId"), this.#handlers.get(textIn(asked, "handler"))];
    if (rehearsalId === "" || !handler || this.#isOver) return;
    const { rehearse } = handler;
    await this.#steps.rehearsed(rehearsalId, rehearse ? await endOf(() => rehearse({ rehearsalId, tool: textIn(asked, "tool") })) : { outcome: "not_supported" });
  }
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 4_000) || "It failed.";

async function endOf(rehearse: () => unknown): Promise<RehearsalEnd> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It did not end within ${REHEARSAL_MS / 1_000} s.`)), REHEARSAL_MS).unref();
  });
  try {
    // What it throws at once counts, too.
    await Promise.race([(async () => rehearse())(), tooLong]);
    return { outcome: "passed" };
  } catch (error) {
    return { outcome: "failed", error: sentenceOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

function tellable(value: unknown): unknown {
  try {
    return (JSON.parse(JSON.stringify(value) ?? "null") as unknown) ?? null;
  } catch {
    return null;
  }
}
