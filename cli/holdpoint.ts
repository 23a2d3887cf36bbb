#!/usr/bin/env node
// `holdpoint`: the command line for automation. Works on the database through operations, beside a running server or alone.

import { drill } from "./drill-command.ts";
import { createKey, revokeKey } from "./key-commands.ts";
import { importFile } from "./import-command.ts";
import { mcp } from "./mcp-command.ts";
import { NotProven } from "./not-proven.ts";
import { onCall } from "./on-call-command.ts";
import { points } from "./point-commands.ts";
import { askForRelease, confirmRelease, restart } from "./release-commands.ts";
import { stop, stops } from "./stop-commands.ts";
import { createUser, setUserPassword } from "./user-commands.ts";
import { showWebhookSecret } from "./webhook-secret-command.ts";
import { isDatabaseUnavailable } from "../lib/database/is-database-unavailable.ts";
import { WrongEnvironment } from "../lib/env.ts";
import { isRefusal, Unavailable } from "../lib/errors.ts";
import { Misuse, type Command } from "./command.ts";
import { withDatabase } from "./with-database.ts";

const COMMANDS: Readonly<Record<string, Command>> = {
  "user create": createUser,
  "user password": setUserPassword,
  "key create": createKey,
  "key revoke": revokeKey,
  import: importFile,
  stop,
  stops,
  drill,
  "release ask": askForRelease,
  "release confirm": confirmRelease,
  "release restart": restart,
  points,
  "on-call": onCall,
  "webhook-secret": showWebhookSecret,
};

const HELP = `holdpoint: the command line of Holdpoint

  holdpoint user create --name NAME --email ADDRESS [--role ROLE[,ROLE…]] [--password-stdin] [--json]
      Creates an account. Without --password-stdin a password is made up and printed once.
      Roles: viewer, operator, on_call, auditor, administrator. Owner roles are held per agent and are set on its card.

  holdpoint user password --email ADDRESS [--password-stdin] [--json]
      Sets a temporary password, printed once, and ends the person's sessions. At the next sign-in another is chosen.

  holdpoint key create --name NAME (--agent AGENT[,AGENT…] | --all-agents | --person ADDRESS) [--scope SCOPE[,SCOPE…]] [--json]
      Creates an API key and prints its secret once. Scopes: telemetry, versions, outcomes, authority; all by default.
      A key made with --person acts with that person's roles.

  holdpoint key revoke KEY_ID

  holdpoint import FILE [--agent AGENT] [--json]
      Reads OTLP JSON lines, as the OpenTelemetry file exporter writes them. Run it again to go on where it stopped.
      Without --agent each span says whose it is: gen_ai.agent.id or service.name.

  holdpoint stop --scope fleet|tier:TIER|agent:AGENT|version:VERSION_ID|tool:AGENT/TOOL [--reason TEXT] [--wait] [--json]
      Engages a kill switch: it is stored, and agents that ask are refused from then on. Two persons release it.
      With --wait it ends when the stop is proven, or with 2 after 10 s and the names of the points that are missing.

  holdpoint stops [--json]
      Lists the kill switches that are engaged, and how many of their agents were heard since.

  holdpoint drill fleet|tier:TIER|agent:AGENT|version:VERSION_ID|tool:AGENT/TOOL [--json]
      Rehearses a stop: all points that it would reach answer and go on with their work. Ends with 2 when one did not answer.

  holdpoint release ask STOP_ID --reason TEXT --key-stdin
  holdpoint release confirm STOP_ID --key-stdin
      Releases a kill switch. Each is done with a person's own API key, read from the standard input, and by two persons.
  holdpoint release restart STOP_ID --key-stdin
      Lets the runs go on that it cut. A release starts none of them; new runs do not need it.

  holdpoint points [--all] [--json]
      Lists the enforcement points heard in the last day, with the epoch each applies and its lease; --all also those that said goodbye.

  holdpoint on-call --email ADDRESS | --nobody [--json]
      Hands the on-call of the whole house over; every page says who it is. It must be somebody who may stop every agent.

  holdpoint webhook-secret AGENT
      Prints the secret with which the receiver of the agent's compensation webhooks checks their signature; the log says that it was read.
      Where the server has HOLDPOINT_SECRET, the command needs the same.

  holdpoint mcp [--agent AGENT] [--name NAME] [--user USER] [--segment SEGMENT] -- SERVER COMMAND
  holdpoint mcp [--agent AGENT] [--name NAME] [--user USER] [--segment SEGMENT] --listen PORT --upstream URL
      Puts the gate in front of an MCP server: one that it starts, or one that speaks streamable HTTP. Needs no database, but
      HOLDPOINT_URL, HOLDPOINT_KEY (an API key of the agent, scopes authority and telemetry) and HOLDPOINT_AGENT or --agent.
      --user and --segment (HOLDPOINT_USER, HOLDPOINT_SEGMENT) say for whom all its calls are made; a policy can tell them apart.

The database is the one in DATABASE_URL, else the one of the server that runs on HOLDPOINT_DATA_DIR (.data by default),
else that folder's own, which is started for the command.
`;

/** Everything that is expected to go wrong has a sentence; the rest is a bug and keeps its stack. */
function sentenceOf(error: unknown): string | null {
  if (isRefusal(error) || error instanceof Unavailable || error instanceof Misuse || error instanceof NotProven || error instanceof WrongEnvironment) return error.message;
  return isDatabaseUnavailable(error) ? "The database cannot be reached." : null;
}

async function main(words: string[]): Promise<number> {
  // Before anything else is read: what follows is the server's command, with options of its own.
  if (words[0] === "mcp" && words[1] !== "--help") return attempt(() => mcp(words.slice(1)));
  const name = Object.keys(COMMANDS).find((command) => words.slice(0, command.split(" ").length).join(" ") === command);
  const command = name === undefined ? undefined : COMMANDS[name];
  if (words.includes("--help") || words.length === 0 || words[0] === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  if (name === undefined || !command) {
    process.stderr.write(HELP);
    return 2;
  }
  return attempt(async () => {
    await withDatabase(await command(words.slice(name.split(" ").length)));
    return 0;
  });
}

async function attempt(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    const sentence = sentenceOf(error);
    if (sentence === null) throw error;
    process.stderr.write(`${sentence}\n`);
    return error instanceof Misuse || error instanceof NotProven ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
