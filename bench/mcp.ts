// What does the MCP gateway add to a tool call? The same server called directly and through the gateway, in turns, in the same run.

import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { prisma } from "../lib/database/database.ts";
import { makeAgent } from "../lib/testing/make-agent.ts";
import { readMessage } from "../mcp-gateway/json-rpc.ts";
import { ROOT } from "../scripts/run-command.ts";
import { startBenchServer } from "./bench-server.ts";
import { agentKey } from "./holdpoint-api.ts";
import { printTable } from "./print-table.ts";
import { hasSharedData, readJsonLines } from "./shared-data.ts";

const SERVER = path.join(ROOT, "mcp-gateway/testing/payments-server.ts");
const ROUNDS = 10;
const CALLS_PER_ROUND = 300;
const ASKED_PER_ROUND = 50;

interface Caller {
  /** Resolves with the text of the answer. */
  call: (tool: string, input: object) => Promise<string>;
  close: () => void;
}

const request = (id: number, tool: string, input: object): string => JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name: tool, arguments: input } });

/** One line at a time: a client that costs next to nothing, the same for both. */
async function onPipes(words: string[], environment: Record<string, string> = {}): Promise<Caller> {
  const child = spawn(process.execPath, words, { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ...environment } });
  let [rest, hear]: [string, (line: string) => void] = ["", () => undefined];
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    const lines = (rest + part).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.includes("\"id\":")) hear(line);
  });
  const ask = (text: string) => new Promise<string>((resolve) => {
    hear = resolve;
    child.stdin.write(`${text}\n`);
  });
  await ask(JSON.stringify({ jsonrpc: "2.0", id: 0, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "bench", version: "1" } } }));
  child.stdin.write("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n");
  let id = 0;
  return { call: (tool, input) => ask(request(++id, tool, input)), close: () => void child.stdin.end() };
}

function overHttp(url: string): Caller {
  let id = 0;
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  return { call: async (tool, input) => (await fetch(url, { method: "POST", headers, body: request(++id, tool, input) })).text(), close: () => undefined };
}

function started(words: string[], environment: Record<string, string>, pattern: RegExp, from: "stdout" | "stderr"): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, words, { stdio: ["ignore", from === "stdout" ? "pipe" : "ignore", from === "stderr" ? "pipe" : "inherit"], env: { ...process.env, ...environment } });
  return new Promise((resolve) => child[from]?.on("data", (text: Buffer) => {
    const said = pattern.exec(text.toString())?.[1];
    if (said !== undefined) resolve({ child, said });
  }));
}

async function timesOf({ call }: Caller, count: number, tool: string, inputAt: (index: number) => object): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const startMs = performance.now();
    const answer = await call(tool, inputAt(index));
    times.push(performance.now() - startMs);
    if (answer.includes("isError") || !answer.includes("result")) throw new Error(`a call was not made: ${answer.slice(0, 300)}`);
  }
  return times;
}

const at = (times: readonly number[], share: number): number => times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(share * times.length))] ?? NaN;

/** Of what was recorded between official clients and servers, all that goes through unchanged must be what it was. */
function recordedSessions(): void {
  if (!hasSharedData()) return;
  const names = ["legacy-stdio-everything", "legacy-stdio-filesystem", "legacy-http-everything", "legacy-client-vs-modern-server-gateproxy", "modern-2026-07-28-gateproxy-url", "modern-2026-07-28-gateproxy-nocaps"];
  const messages = names.flatMap((name) => readJsonLines<{ dir: string; msg?: unknown }>(`mcp/${name}.jsonl`)).filter(({ msg }) => msg !== undefined && msg !== null);
  const kept = messages.filter(({ dir, msg }) => {
    const read = readMessage(JSON.stringify(msg), dir.startsWith("client") ? "client" : "server");
    return read.kind !== "unreadable" && isDeepStrictEqual(JSON.parse(read.text), msg);
  });
  console.log(`\nRecorded sessions: ${kept.length} of ${messages.length} messages go through as they were.`);
}

export async function mcp(): Promise<void> {
  const holdpoint = await startBenchServer({ HOLDPOINT_ROLES: "agents" });
  const { id } = await makeAgent({ tier: 2 });
  await prisma().agent.update({ where: { id }, data: { stage: "bounded" } });
  const { secret } = await agentKey(holdpoint.url, [id]);
  const environment = { HOLDPOINT_URL: holdpoint.url, HOLDPOINT_KEY: secret, HOLDPOINT_AGENT: id };
  const cli = [path.join(ROOT, "cli/holdpoint.ts"), "mcp"];
  const upstream = await started([SERVER], { PORT: "0" }, /(\d+)/, "stdout");
  const proxy = await started([...cli, "--listen", "0", "--upstream", `http://127.0.0.1:${upstream.said}/mcp`], environment, /listens on (\S+)/, "stderr");
  const callers: Record<string, Caller> = {
    "pipes, bare": await onPipes([SERVER]), "pipes, gateway": await onPipes([...cli, "--", process.execPath, SERVER], environment),
    "HTTP, bare": overHttp(`http://127.0.0.1:${upstream.said}/mcp`), "HTTP, gateway": overHttp(proxy.said),
  };
  const times: Record<string, number[]> = {};
  const measure = async (name: string, caller: Caller, count: number, tool: string) => {
    (times[name] ??= []).push(...(await timesOf(caller, count, tool, (index) => (tool === "order_get" ? { order: `A-${index}` } : { amount: 1 + index / 100 }))));
  };
  for (const caller of Object.values(callers)) {
    await timesOf(caller, CALLS_PER_ROUND, "order_get", () => ({ order: "warm" }));
    await timesOf(caller, ASKED_PER_ROUND, "refund_create", () => ({ amount: 1 }));
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, caller] of Object.entries(callers)) {
      await measure(`${name}, reading`, caller, CALLS_PER_ROUND, "order_get");
      await measure(`${name}, asking`, caller, ASKED_PER_ROUND, "refund_create");
    }
  }
  const added = (way: string, kind: string, share: number) => at(times[`${way}, gateway, ${kind}`] ?? [], share) - at(times[`${way}, bare, ${kind}`] ?? [], share);
  printTable([
    ["call", "bare p50 ms", "gateway p50 ms", "added p50 ms", "added p99 ms"],
    ...["reading", "asking"].flatMap((kind) => ["pipes", "HTTP"].map((way) => [
      `${way}, ${kind}`, at(times[`${way}, bare, ${kind}`] ?? [], 0.5).toFixed(2), at(times[`${way}, gateway, ${kind}`] ?? [], 0.5).toFixed(2), added(way, kind, 0.5).toFixed(2), added(way, kind, 0.99).toFixed(2),
    ])),
  ]);
  console.log(`\n${ROUNDS * CALLS_PER_ROUND} reading calls each, decided in the gateway; ${ROUNDS * ASKED_PER_ROUND} writing ones each, recorded by Holdpoint before they are made. One at a time.`);
  recordedSessions();
  for (const caller of Object.values(callers)) caller.close();
  for (const { child } of [proxy, upstream]) child.kill("SIGTERM");
  await holdpoint.stop();
}
