// `holdpoint release …` and what comes after it: as a person, by that person's own key, because a release needs two of them.

import { text } from "node:stream/consumers";
import { z } from "zod";
import { bearerSecret, hashApiKey } from "../lib/auth/api-key.ts";
import type { Actor } from "../lib/domain/roles.ts";
import { NotFound, NotPermitted } from "../lib/errors.ts";
import { formatCount } from "../lib/format.ts";
import { restartRuns } from "../lib/operations/restart-runs.ts";
import { askRelease, releaseReasonSchema, releaseStop } from "../lib/operations/stops.ts";
import { findKeyHolder } from "../lib/queries/api-keys.ts";
import { countCutRuns } from "../lib/queries/cut-runs.ts";
import { findStop } from "../lib/queries/stops.ts";
import { checked, options } from "./checked.ts";
import { Misuse, type Command } from "./command.ts";
import { printable } from "./printable.ts";

/** Never as an argument: those are seen by everybody who can list processes. */
async function readKey(isGiven: boolean | undefined): Promise<string> {
  if (!isGiven) throw new Misuse("A release is a person's: give that person's own API key with --key-stdin.");
  const secret = bearerSecret(`Bearer ${(await text(process.stdin)).trim()}`);
  if (secret === null) throw new Misuse("This is no API key.");
  return secret;
}

/** The key of an agent is refused by the operation, with its sentence. */
async function holderOf(secret: string): Promise<Actor> {
  const holder = await findKeyHolder(hashApiKey(secret), new Date());
  if (!holder) throw new NotPermitted("This API key is unknown or was revoked.");
  return holder.actor;
}

function oneStop(positionals: readonly string[], command: string): string {
  const [stopId] = positionals;
  if (!stopId || positionals.length > 1) throw new Misuse(`Name the stop: holdpoint release ${command} st_…`);
  return stopId;
}

export const askForRelease: Command = async (parameters) => {
  const { values, positionals } = options({ args: parameters, allowPositionals: true, options: { reason: { type: "string" }, "key-stdin": { type: "boolean" } } });
  const stopId = oneStop(positionals, "ask");
  const { reason } = checked(z.object({ reason: releaseReasonSchema }), { reason: values.reason });
  const secret = await readKey(values["key-stdin"]);
  return async () => {
    await askRelease(await holderOf(secret), { stopId, reason });
    process.stdout.write(`Asked for. A second person releases it: holdpoint release confirm ${stopId}\n`);
  };
};

export const confirmRelease: Command = async (parameters) => {
  const { values, positionals } = options({ args: parameters, allowPositionals: true, options: { "key-stdin": { type: "boolean" } } });
  const stopId = oneStop(positionals, "confirm");
  const secret = await readKey(values["key-stdin"]);
  return async () => {
    const actor = await holderOf(secret);
    const stop = await findStop(stopId, 0);
    if (!stop) throw new NotFound("There is no such kill switch.");
    // The request that is told here is the one that is granted.
    await releaseStop(actor, { stopId, askedAt: stop.release?.askedAt });
    const asked = stop.release ? ` ${stop.release.askedBy} had asked: ${stop.release.reason}` : "";
    process.stdout.write(`${printable(`Released: ${stop.name}.${asked} Nothing was restarted by that.`)}\n`);
    const cut = (await countCutRuns([stopId])).get(stopId) ?? 0;
    if (cut > 0) process.stdout.write(`${formatCount(cut, "run stays", "runs stay")} cut until somebody lets ${cut === 1 ? "it" : "them"} go on: holdpoint release restart ${stopId}\n`);
  };
};

export const restart: Command = async (parameters) => {
  const { values, positionals } = options({ args: parameters, allowPositionals: true, options: { "key-stdin": { type: "boolean" } } });
  const stopId = oneStop(positionals, "restart");
  const secret = await readKey(values["key-stdin"]);
  return async () => {
    await restartRuns(await holderOf(secret), { stopId });
    process.stdout.write("The runs that it cut may go on.\n");
  };
};
