// Which calls are on their way, so that a stop can end them?

export interface CallInFlight {
  tool: string;
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

  /** `stopSentence`: null for what no stop covers. */
  endStopped(stopSentence: (tool: string) => string | null): void {
    for (const call of [...this.#calls]) {
      const sentence = stopSentence(call.tool);
      if (sentence === null) continue;
      this.#calls.delete(call);
      call.end(sentence);
    }
  }
}
