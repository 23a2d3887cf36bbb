// Where does one server-sent event end, and what if the message in it has to be another?

import { StringDecoder } from "node:string_decoder";

const MOST_CHARACTERS = 64 * 1024 * 1024;

export class EventFrames {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  /** Whole frames, each with the empty line that ends it. */
  *feed(chunk: Buffer): Generator<string> {
    this.#rest += this.#decoder.write(chunk);
    if (this.#rest.length > MOST_CHARACTERS) throw new RangeError("An event is too long.");
    for (let end = /\r?\n\r?\n/.exec(this.#rest); end; end = /\r?\n\r?\n/.exec(this.#rest)) {
      const length = end.index + end[0].length;
      yield this.#rest.slice(0, length);
      this.#rest = this.#rest.slice(length);
    }
  }
}

/** The message of a frame; empty when it has none. */
export const dataOf = (frame: string): string =>
  frame.split(/\r?\n/).filter((line) => line.startsWith("data:")).map((line) => line.slice(line.startsWith("data: ") ? 6 : 5)).join("\n");

/** Its id stays, so that the client can go on after it. */
export function withData(frame: string, data: string): string {
  const kept = frame.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("data:"));
  return `${[...kept, ...data.split("\n").map((line) => `data: ${line}`)].join("\n")}\n\n`;
}

export const frameOf = (data: string): string => withData("event: message", data);
