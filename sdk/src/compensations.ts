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

interface Steps {
  next: (waitMs: number) => Promise<unknown>;
  done: (stepId: string, attempt: number, response: unknown) => Promise<unknown>;
  failed: (stepId: string, attempt: number, error: string) => Promise<unknown>;
}

const TURN_MS = 20_000;
const AGAIN_MS = 5_000;
/** Of steps whose end is known here and may not be known there. */
const MOST_REMEMBERED = 1_000;

export class Compensations {
  readonly #steps: Steps;
  readonly #handlers = new Map<string, CompensationHandler>();
  readonly #ended = new Map<string, unknown>();
  #isOver = false;
  #isListening = false;

  constructor(steps: Steps) {
    this.#steps = steps;
  }

  /** `name`: what the tool's compensation names as its hook. Answers how to take it away again. */
  on(name: string, handler: CompensationHandler): () => void {
    this.#handlers.set(name, handler);
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
    while (!this.#isOver && this.#handlers.size > 0) {
      try {
        const { steps } = fieldsOf(await this.#steps.next(TURN_MS));
        // One after the other: a later effect is taken back before an earlier one.
        for (const step of Array.isArray(steps) ? steps.map(fieldsOf) : []) await this.#handle(step);
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
      const response = tellable(await handler({ stepId, actionId: textIn(step, "actionId"), tool: textIn(step, "tool"), arguments: step.arguments, result: step.result }));
      if (this.#ended.size >= MOST_REMEMBERED) this.#ended.clear();
      this.#ended.set(stepId, response);
    } catch (error) {
      return void (await this.#steps.failed(stepId, attempt, (error instanceof Error ? error.message : String(error)).slice(0, 4_000) || "It failed."));
    }
    await this.#steps.done(stepId, attempt, this.#ended.get(stepId));
  }
}

function tellable(value: unknown): unknown {
  try {
    return (JSON.parse(JSON.stringify(value) ?? "null") as unknown) ?? null;
  } catch {
    return null;
  }
}
