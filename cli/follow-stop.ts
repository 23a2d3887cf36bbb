// Is the stop proven by now? Looks until it is, or until it can be said that it is not.

import { setTimeout as pause } from "node:timers/promises";
import { databaseNow } from "../lib/database/database-now.ts";
import type { PointState } from "../lib/domain/stop-proof.ts";
import { pointWords, stopHeadline, stopSentence, toldState, type ShownStop } from "../lib/domain/stop-words.ts";
import { NotFound } from "../lib/errors.ts";
import { findShownStop } from "../lib/queries/stops-shown.ts";
import { printable } from "./printable.ts";

const BETWEEN_LOOKS_MS = 100;

/** The jobs of a running server prove it; `onChange` is told each headline once. */
export async function followStop(stopId: string, onChange: (headline: string) => void): Promise<ShownStop> {
  let told = "";
  for (;;) {
    const stop = await findShownStop(stopId, await databaseNow());
    if (!stop) throw new NotFound("There is no such kill switch.");
    if (toldState(stop) !== "stopping") return stop;
    const headline = stopHeadline(stop);
    if (headline !== told) onChange(headline);
    told = headline;
    await pause(BETWEEN_LOOKS_MS);
  }
}

const STATE_WORDS: Partial<Record<PointState, string>> = { missing: "missing", reads_on: "reads on" };

/** Who is missing stands there by name, and who may go on reading. */
export function linesOfProof(stop: ShownStop): string[] {
  const missing = (stop.proof?.points ?? []).filter((point) => STATE_WORDS[point.state] !== undefined);
  const unnamed = (stop.proof?.missing ?? 0) - missing.length;
  return [
    stopHeadline(stop), stopSentence(stop),
    ...missing.map((point) => `  ${STATE_WORDS[point.state]}: ${point.name} of ${point.agentId}, ${pointWords(point, stop.engagedAt, stop.readAt)}`),
    ...(unnamed > 0 ? [`  and ${unnamed.toLocaleString("en")} more`] : []),
  ].map(printable);
}

export const isProven = (stop: ShownStop): boolean => toldState(stop) === "proven";
