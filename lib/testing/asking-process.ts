// A process of its own that asks the gate many times at once: QUESTIONS calls of AGENT, all at the moment AT. Says how many went ahead.

import { closeDatabase, prisma } from "../database/database.ts";
import type { KeyActor } from "../domain/roles.ts";
import { bundleNow } from "../operations/bundle-now.ts";
import { checkCall } from "../operations/check-calls.ts";

const { AGENT: agentId = "", QUESTIONS: questions = "0", AT: at = "", NAME: name = "" } = process.env;
const now = new Date(at);
const key: KeyActor = { kind: "key", id: `key_${agentId}`, name, agentIds: [agentId], scopes: ["authority"] };
const bundle = await prisma().$transaction((tx) => bundleNow(tx, agentId, now));

process.stdout.write("ready\n");
await new Promise((resolve) => process.stdin.once("data", resolve));
const answers = await Promise.all(Array.from({ length: Number(questions) }, (_, index) => {
  const call = { agentId, conversationId: `of ${index % 2}`, toolCallId: `${name} ${index}`, tool: "order_get", input: { order: "5512" }, onBehalfOf: `u_${index % 3}`, confidence: null };
  return checkCall(key, call, bundle, now);
}));
process.stdout.write(`${answers.filter(({ decision }) => decision === "permit").length} permitted\n`);
await closeDatabase();
process.stdin.destroy();
