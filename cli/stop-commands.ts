// `holdpoint stop` and `holdpoint stops`

import { userInfo } from "node:os";
import type { SystemActor } from "../lib/domain/roles.ts";
import { parseStopScope, stopName, type ScopedStop } from "../lib/domain/stop-scope.ts";
import { formatCount, formatUtc } from "../lib/format.ts";
import { engageStop, stopSchema } from "../lib/operations/stops.ts";
import { systemActor } from "../lib/operations/people.ts";
import { listStopChoices } from "../lib/queries/stop-choices.ts";
import { findStop, listEngagedStops, type EngagedStop } from "../lib/queries/stops.ts";
import { checked, options } from "./checked.ts";
import { Misuse, type Command } from "./command.ts";

/** Whoever may run commands on the installation's database may stop; the evidence says as whom. */
function accountHere(): SystemActor {
  const account = userInfo().username;
  return { ...systemActor, id: `command-line/${account}`, name: `${account}, by the command line` };
}

const HOW = "Say what to stop: --scope fleet, tier:2, agent:refund-bot, version:av_… or tool:refund-bot/refund_create.";

export const stop: Command = (parameters) => {
  const { values } = options({ args: parameters, options: { scope: { type: "string" }, reason: { type: "string" }, json: { type: "boolean" } } });
  const scoped = parseStopScope(typeof values.scope === "string" ? values.scope : "");
  if (!scoped) throw new Misuse(HOW);
  const input = checked(stopSchema, { ...scoped, reason: values.reason ?? null });
  return async () => {
    const { stopId } = await engageStop(accountHere(), input);
    const stored = await findStop(stopId);
    if (values.json) return void process.stdout.write(`${JSON.stringify(stored ? forCode(stored) : { id: stopId })}\n`);
    const told = scoped.scope === "tool" ? "Agents that ask are told from now on that it is stopped." : "Agents that ask are refused from now on.";
    process.stdout.write(`Stop ${stopId} is stored: ${stored?.name ?? stopName(scoped)}, ${formatCount(stored?.agents ?? 0, "agent")}. ${told}\n`);
    if (scoped.scope === "tool" && !(await isDeclared(scoped))) process.stdout.write("Look at the name: the agent's current version declares no such tool.\n");
  };
};

export const stops: Command = (parameters) => {
  const { values } = options({ args: parameters, options: { json: { type: "boolean" } } });
  return async () => {
    const engaged = await listEngagedStops();
    if (values.json) return void process.stdout.write(`${JSON.stringify(engaged.map(forCode))}\n`);
    process.stdout.write(engaged.length === 0 ? "No stop is engaged.\n" : `${engaged.map(line).join("\n")}\n`);
  };
};

async function isDeclared(tool: ScopedStop): Promise<boolean> {
  const { choices } = await listStopChoices(tool, "", new Date());
  return choices.some((choice) => choice.scope === "tool" && choice.target === tool.target && choice.effect !== null);
}

/** People's words, which must not steer a terminal. */
const printable = (text: string): string => text.replace(/\p{Cc}+/gu, " ");

const forCode = ({ id, scope, target, name, reason, engagedBy, engagedAt, agents, heardSince }: EngagedStop) => ({ id, scope, target, name, reason, engagedBy, engagedAt, agents, heardSince });

function line({ id, name, engagedBy, engagedAt, reason, agents, heardSince, release }: EngagedStop): string {
  const why = reason === null ? "" : ` Reason: ${printable(reason)}`;
  const asked = release === null ? "" : ` ${release.askedBy} asks for release: ${printable(release.reason)}`;
  return `${id}  ${name}: ${formatCount(agents, "agent")}, ${heardSince} heard since. Engaged ${formatUtc(engagedAt)} by ${engagedBy}.${why}${asked}`;
}
