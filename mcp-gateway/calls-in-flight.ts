// Which calls are on their way, so that a stop can end them?

import type { Call } from "./tool-gate.ts";

export interface CallInFlight {
  call: Call;
  /** Answers the client, tells the server, and lets whatever the server still says fall. */
  end: (sentence: string) => void;
}

export class CallsInFlight {
  readonly #calls = new Set<CallInFlight>();

  /** Answers how to take it out again. */
  add(call: CallInFlight): () => void {
    this.#calls.add(call);
    return () => void this.#calls.delete(call);
  }

  /** `stopSentence`: null for what no stop covers. `tellCut` is told of each call that is ended. */
  endStopped(stopSentence: (tool: string) => string | null, tellCut: (call: Call) => void): void {
    for (const inFlight of [...this.#calls]) {
      const sentence = stopSentence(inFlight.call.tool);
      if (sentence === null) continue;
      this.#calls.delete(inFlight);
      inFlight.end(sentence);
      tellCut(inFlight.call);
    }
  }
}
