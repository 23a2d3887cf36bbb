// `holdpoint drill`

import { setTimeout as pause } from "node:timers/promises";
import { databaseNow } from "../lib/database/database-now.ts";
import { parseStopScope } from "../lib/domain/stop-scope.ts";
import { seconds } from "../lib/domain/stop-words.ts";
import { NotFound } from "../lib/errors.ts";
import { endDrills, startDrill } from "../lib/operations/rehearsals.ts";
import { findRehearsal, type DrillRow } from "../lib/queries/rehearsals.ts";
import { accountHere } from "./account-here.ts";
import { options } from "./checked.ts";
import { Misuse, type Command } from "./command.ts";
import { NotProven } from "./not-proven.ts";
import { printable } from "./printable.ts";

const HOW = "Say what to rehearse: holdpoint drill fleet, tier:2, agent:refund-bot, version:av_… or tool:refund-bot/refund_create.";
const BETWEEN_LOOKS_MS = 100;

/** Ends it, and no other, as the jobs of a server do, so that a drill has an end even where none runs. */
async function untilEnded(rehearsalId: string): Promise<DrillRow> {
  for (;;) {
    const now = await databaseNow();
    await endDrills(now, rehearsalId);
    const row = await findRehearsal(rehearsalId, now);
    if (!row) throw new NotFound("There is no such drill.");
    if (row.endedAt !== null) return row;
    await pause(BETWEEN_LOOKS_MS);
  }
}

function words({ name, expected, answered, medianMs, p99Ms, worstMs, sentence }: DrillRow): string {
  if (expected === 0) return `Rehearsed ${name}: no enforcement point is connected there, so nobody could answer.`;
  const times = medianMs === null || p99Ms === null || worstMs === null ? "" : ` Median ${seconds(medianMs)}, p99 ${seconds(p99Ms)}, worst ${seconds(worstMs)}.`;
  return `Rehearsed ${name}: ${answered} of ${expected} answered.${times}${sentence === "" ? "" : ` ${printable(sentence)}`} Nothing was stopped.`;
}

export const drill: Command = (parameters) => {
  const { values, positionals } = options({ args: parameters, allowPositionals: true, options: { json: { type: "boolean" } } });
  const scoped = positionals.length === 1 ? parseStopScope(positionals[0] ?? "") : null;
  if (!scoped) throw new Misuse(HOW);
  return async () => {
    const { rehearsalId } = await startDrill(accountHere(), scoped);
    const row = await untilEnded(rehearsalId);
    const isGood = row.isProven === true && row.expected > 0;
    if (values.json) process.stdout.write(`${JSON.stringify(row)}\n`);
    else if (isGood) process.stdout.write(`${words(row)}\n`);
    if (!isGood) throw new NotProven(words(row));
  };
};
