// How much may one request unfold to? Two bytes make an empty span, so the size of the body alone bounds nothing.

import { MalformedTelemetry } from "./malformed-telemetry.ts";

/** Levels of lists and maps inside one attribute value. */
export const MAX_VALUE_DEPTH = 32;

const MAX_PIECES = 2_000_000;
const PIECES_PER_RECORD = 20;

export class DecodeBudget {
  #left = MAX_PIECES;

  /** A value, an attribute or an event. */
  spendPiece(): void {
    this.#spend(1);
  }

  /** A span or a log record, which weighs as much as some values. */
  spendRecord(): void {
    this.#spend(PIECES_PER_RECORD);
  }

  #spend(pieces: number): void {
    this.#left -= pieces;
    if (this.#left < 0) throw new MalformedTelemetry("The request holds too many spans or values; send smaller batches.");
  }
}

export function checkDepth(depth: number): void {
  if (depth > MAX_VALUE_DEPTH) throw new MalformedTelemetry(`An attribute value is nested deeper than ${MAX_VALUE_DEPTH} levels.`);
}
