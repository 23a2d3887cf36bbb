// `holdpoint points`

import { databaseNow } from "../lib/database/database-now.ts";
import { formatCount, formatRelative, formatUtc } from "../lib/format.ts";
import { listPoints, type PointRow } from "../lib/queries/points.ts";
import { options } from "./checked.ts";
import type { Command } from "./command.ts";

/** Names come from outside and must not steer a terminal. */
const printable = (text: string): string => text.replace(/\p{Cc}+/gu, " ");

export const points: Command = (parameters) => {
  const { values } = options({ args: parameters, options: { all: { type: "boolean" }, json: { type: "boolean" } } });
  return async () => {
    const now = await databaseNow();
    const known = await listPoints(now);
    const shown = values.all ? known : known.filter(({ standing }) => standing !== "left");
    if (values.json) return void process.stdout.write(`${JSON.stringify(shown)}\n`);
    const open = known.filter(({ standing }) => standing === "open").length;
    const agents = new Set(known.filter(({ standing }) => standing === "open").map(({ agentId }) => agentId)).size;
    const head = open === 0 ? "No enforcement point is connected." : `${formatCount(open, "point")} of ${formatCount(agents, "agent")} connected.`;
    process.stdout.write(`${[head, ...shown.map((point) => line(point, now))].join("\n")}\n`);
  };
};

function line({ agentId, name, kind, epoch, standing, lastHeardAt, ...more }: PointRow, now: Date): string {
  const applies = epoch === null ? "no bundle confirmed" : `epoch ${epoch}`;
  return `${agentId}  ${printable(name)} (${kind}): ${applies}, heard ${formatRelative(lastHeardAt, now)}, ${says(standing, more)}`;
}

function says(standing: PointRow["standing"], { leaseUntil, readsWithoutLease, fault }: Pick<PointRow, "leaseUntil" | "readsWithoutLease" | "fault">): string {
  if (standing === "open") return `lease until ${formatUtc(leaseUntil)}`;
  if (standing === "left") return "said goodbye";
  if (standing === "closed") return `${readsWithoutLease ? "closed for what changes something, and may go on reading" : "closed by itself"}: its lease ended ${formatUtc(leaseUntil)}`;
  return `not to be believed: ${printable(fault ?? "")}`;
}
