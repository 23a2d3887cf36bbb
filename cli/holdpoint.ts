#!/usr/bin/env node
// `holdpoint`: the command line for automation. Works on the database through operations, beside a running server or alone.

import { createKey, revokeKey } from "./key-commands.ts";
import { importFile } from "./import-command.ts";
import { createUser } from "./user-commands.ts";
import { closeDatabase } from "../lib/database/database.ts";
import { isRefusal } from "../lib/errors.ts";
import { withDatabase } from "./with-database.ts";
import { Misuse } from "./misuse.ts";

const COMMANDS: Record<string, (parameters: string[]) => Promise<void>> = {
  "user create": createUser,
  "key create": createKey,
  "key revoke": revokeKey,
  import: importFile,
};

const HELP = `holdpoint: the command line of Holdpoint

  holdpoint user create --name NAME --email ADDRESS [--role ROLE[,ROLE…]] [--password-stdin] [--json]
      Creates an account. Without --password-stdin a password is made up and printed once.
      Roles: viewer, operator, on_call, auditor, administrator. Owner roles are held per agent and are set on its card.

  holdpoint key create --name NAME (--agent AGENT[,AGENT…] | --all-agents | --person ADDRESS) [--scope SCOPE[,SCOPE…]] [--json]
      Creates an API key and prints its secret once. Scopes: telemetry, versions, outcomes, authority; all by default.
      A key made with --person acts with that person's roles.

  holdpoint key revoke KEY_ID

  holdpoint import FILE --agent AGENT [--json]
      Reads OTLP JSON lines, as the OpenTelemetry file exporter writes them. Run it again to go on where it stopped.

The database is the one in DATABASE_URL, else the one of the server that runs on HOLDPOINT_DATA_DIR (.data by default),
else that folder's own, which is started for the command.
`;

async function main(words: string[]): Promise<number> {
  const name = Object.keys(COMMANDS).find((command) => words.slice(0, command.split(" ").length).join(" ") === command);
  if (!name || words.includes("--help")) {
    process.stdout.write(HELP);
    return name || words.length === 0 || words[0] === "help" || words.includes("--help") ? 0 : 2;
  }
  const command = COMMANDS[name];
  try {
    await withDatabase(() => command?.(words.slice(name.split(" ").length)) ?? Promise.resolve());
    return 0;
  } catch (error) {
    if (!isRefusal(error) && !(error instanceof Misuse)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error instanceof Misuse ? 2 : 1;
  } finally {
    await closeDatabase();
  }
}

process.exitCode = await main(process.argv.slice(2));
