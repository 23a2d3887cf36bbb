// `holdpoint stop` and `holdpoint stops`

import { parseStopScope, stopName, type ScopedStop } from "../lib/domain/stop-scope.ts";
import { formatCount, formatUtc } from "../lib/format.ts";
import { engageStop, stopSchema } from "../lib/operations/stops.ts";
import { listStopChoices } from "../lib/queries/stop-choices.ts";
import { findStop, listEngagedStops, type EngagedStop } from "../lib/queries/stops.ts";
import { accountHere } from "./account-here.ts";
import { checked, options } from "./checked.ts";
import { Misuse, type Command } from "./command.ts";
import { followStop, isProven, linesOfProof } from "./follow-stop.ts";
import { NotProven } from "./not-proven.ts";
import { printable } from "./printable.ts";

const HOW = "Say what to stop: --scope fleet, tier:2, agent:refund-bot, version:av_… or tool:refund-bot/refund_create.";

const write = (line: string): void => void process.stdout.write(`${line}\n`);

export const stop: Command = (parameters) => {
  const { values } = options({ args: parameters, options: { scope: { type: "string" }, reason: { type: "string" }, wait: { type: "boolean" }, json: { type: "boolean" } } });
  const scoped = parseStopScope(typeof values.scope === "string" ? values.scope : "");
  if (!scoped) throw new Misuse(HOW);
  const input = checked(stopSchema, { ...scoped, reason: values.reason ?? null });
  return async () => {
    const { stopId } = await engageStop(accountHere(), input);
    const stored = await findStop(stopId);
    const known = stored ? forCode(stored) : { id: stopId };
    if (values.json && values.wait) return followAsJson(stopId, known);
    if (values.json) return write(JSON.stringify(known));
    const told = scoped.scope === "tool" ? "Agents that ask are told from now on that it is stopped." : "Agents that ask are refused from now on.";
    write(`Stop ${stopId} is stored: ${stored?.name ?? stopName(scoped)}, ${formatCount(stored?.agents ?? 0, "agent")}. ${told}`);
    if (scoped.scope === "tool" && !(await isDeclared(scoped))) write("Look at the name: the agent's current version declares no such tool.");
    if (values.wait) await followInWords(stopId);
  };
};

async function followInWords(stopId: string): Promise<void> {
  const followed = await followStop(stopId, (headline) => write(printable(headline)));
  if (!isProven(followed)) throw new NotProven(linesOfProof(followed).join("\n"));
  for (const line of linesOfProof(followed)) write(line);
}

async function followAsJson(stopId: string, known: object): Promise<void> {
  const followed = await followStop(stopId, () => undefined);
  write(JSON.stringify({ ...known, proof: followed.proof }));
  if (!isProven(followed)) throw new NotProven(printable(linesOfProof(followed)[0] ?? ""));
}

export const stops: Command = (parameters) => {
  const { values } = options({ args: parameters, options: { json: { type: "boolean" } } });
  return async () => {
    const engaged = await listEngagedStops();
    if (values.json) return write(JSON.stringify(engaged.map(forCode)));
    write(engaged.length === 0 ? "No stop is engaged." : engaged.map(line).join("\n"));
  };
};

async function isDeclared(tool: ScopedStop): Promise<boolean> {
  const { choices } = await listStopChoices(tool, "", new Date());
  return choices.some((choice) => choice.scope === "tool" && choice.target === tool.target && choice.effect !== null);
}

const forCode = ({ id, scope, target, name, reason, engagedBy, engagedAt, agents, heardSince }: EngagedStop) => ({ id, scope, target, name, reason, engagedBy, engagedAt, agents, heardSince });

function line({ id, name, engagedBy, engagedAt, reason, agents, heardSince, release }: EngagedStop): string {
  const why = reason === null ? "" : ` Reason: ${printable(reason)}`;
  const asked = release === null ? "" : ` ${release.askedBy} asks for release: ${printable(release.reason)}`;
  return `${id}  ${name}: ${formatCount(agents, "agent")}, ${heardSince} heard since. Engaged ${formatUtc(engagedAt)} by ${engagedBy}.${why}${asked}`;
}
