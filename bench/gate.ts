// Durable decisions per second over HTTP, and actions prepared and committed, beside a server that inserts one indexed row for each request.

import { spawn, type ChildProcess } from "node:child_process";
import net from "node:net";
import path from "node:path";
import { prisma } from "../lib/database/database.ts";
import { makeActingAgent } from "../lib/testing/acting-agent.ts";
import { ROOT } from "../scripts/run-command.ts";
import { startBenchServer } from "./bench-server.ts";
import { cpuMs } from "./cpu-time.ts";
import { agentKey } from "./holdpoint-api.ts";
import { printTable } from "./print-table.ts";

const CONNECTIONS = 32;
const WARM_UP_MS = 3_000;
const MEASURED_MS = 4_000;
const ROUNDS = 3;

interface Measured {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  worstMs: number;
  /** Of the server and of the database, for one thing: a figure that other work on the machine moves less than the clock. */
  cpuMicros: { server: number; database: number };
}

/** One thing at a time on each connection, as agents ask; a thing may take several requests. */
type Dialogue = (send: (method: string, path: string, body: unknown) => Promise<Record<string, unknown>>) => Promise<void>;

let things = 0;
const nextId = (): string => `t${String(++things).padStart(12, "0")}`;

/** Speaks HTTP by hand, so that the sender costs little of the same processors. */
class Connection {
  readonly #socket: net.Socket;
  readonly #secret: string;
  #answer = "";
  #resolve: (body: Record<string, unknown>) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(port: number, secret: string) {
    this.#secret = secret;
    this.#socket = net.connect(port, "127.0.0.1").setNoDelay(true).on("data", (bytes) => this.#take(bytes)).on("error", (error) => this.#reject(error));
  }

  send(method: string, target: string, body: unknown): Promise<Record<string, unknown>> {
    const text = JSON.stringify(body);
    this.#answer = "";
    return new Promise((resolve, reject) => {
      [this.#resolve, this.#reject] = [resolve, reject];
      this.#socket.write(`${method} ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${this.#secret}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    });
  }

  #take(bytes: Buffer): void {
    this.#answer += bytes.toString("latin1");
    const head = this.#answer.indexOf("\r\n\r\n");
    if (head < 0 || this.#answer.length < head + 4 + Number(/content-length: (\d+)/i.exec(this.#answer)?.[1] ?? 0)) return;
    if (this.#answer.startsWith("HTTP/1.1 200")) this.#resolve(JSON.parse(this.#answer.slice(head + 4)) as Record<string, unknown>);
    else this.#reject(new Error(this.#answer.slice(0, 500)));
  }

  end(): void {
    this.#socket.end();
  }
}

interface Target {
  name: string;
  /** A second, as fast as it goes; null: what the others are compared with. */
  goal: number | null;
  /** A second, at which the waiting is measured too. */
  rate?: number;
  port: number;
  pid: number;
  dialogue: Dialogue;
}

/** When the next thing of a connection is due. One that comes due while the one before it is unanswered has waited since then. */
type Pace = (connection: number, nth: number) => number;

const AS_FAST_AS_IT_GOES: Pace = () => 0;
/** All connections together, in turns. */
const atRate = (perSecond: number): Pace => (connection, nth) => ((nth * CONNECTIONS + connection) * 1_000) / perSecond;

async function measure({ port, pid, dialogue }: Target, { secret, postgresPid }: { secret: string; postgresPid: number }, durationMs: number, pace: Pace = AS_FAST_AS_IT_GOES): Promise<Measured> {
  const latencies: number[] = [];
  const before = { server: cpuMs(pid), database: cpuMs(postgresPid) };
  const startMs = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, async (_, place) => {
    const connection = new Connection(port, secret);
    for (let nth = 0; performance.now() < startMs + durationMs; nth++) {
      const due = pace(place, nth);
      const earlyMs = startMs + due - performance.now();
      if (due > 0 && earlyMs > 0) await new Promise((resolve) => setTimeout(resolve, earlyMs));
      const sentMs = due > 0 && earlyMs < 0 ? startMs + due : performance.now();
      await dialogue((method, target, body) => connection.send(method, target, body));
      latencies.push(performance.now() - sentMs);
    }
    connection.end();
  }));
  const seconds = (performance.now() - startMs) / 1_000;
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  const each = (used: number) => (used * 1_000) / sorted.length;
  const cpuMicros = { server: each(cpuMs(pid) - before.server), database: each(cpuMs(postgresPid) - before.database) };
  return { perSecond: sorted.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99), worstMs: at(1), cpuMicros };
}

function startBare(answer: string, databaseUrl: string): Promise<{ port: number; process: ChildProcess }> {
  const child = spawn(process.execPath, [path.join(ROOT, "bench/bare-server.ts"), answer, databaseUrl], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve) => child.stdout?.once("data", (port: Buffer) => resolve({ port: Number(port), process: child })));
}

const checkOf = (id: string, tool: string, input: unknown): Dialogue => async (send) => {
  const toolCallId = nextId();
  const { decision } = await send("POST", "/v1/gate/check", { agent: { id }, tool: { name: tool }, conversationId: `run ${toolCallId}`, toolCallId, input });
  if (decision !== "permit") throw new Error(`the gate says ${String(decision)}`);
};

const actionOf = (id: string): Dialogue => async (send) => {
  const idempotencyKey = nextId();
  const action = await send("POST", "/v1/actions", { agent: { id }, tool: { name: "refund_create" }, conversationId: `run ${idempotencyKey}`, input: { amount: 20, order: "5512" }, idempotencyKey });
  if (action.decision !== "permit") throw new Error(`the gate says ${String(action.decision)}`);
  await send("POST", `/v1/actions/${String(action.id)}/commit`, { result: { refund: "re_71" } });
};

const bareOf: Dialogue = async (send) => {
  await send("POST", "/", { toolCallId: nextId(), tool: { name: "refund_create" }, conversationId: "c", input: { amount: 20, order: "5512" } });
};

const paced = ({ name, rate }: Target): string => `${name}, ${rate} a second`;

export async function gate(): Promise<void> {
  const server = await startBenchServer({ HOLDPOINT_ROLES: "agents" });
  const { id } = await makeActingAgent();
  const { secret } = await agentKey(server.url, [id]);
  await prisma().agent.updateMany({ where: { id }, data: { stage: "partial" } });
  const bare = await startBare(JSON.stringify({ evaluationId: "gd_0000000000000000", decision: "permit", sentence: "x".repeat(300) }), server.databaseUrl);
  const port = Number(new URL(server.url).port);
  const asked = { secret, postgresPid: server.postgresPid };
  const own = { port, pid: server.pid };
  const targets: readonly Target[] = [
    { name: "one indexed insert", goal: null, port: bare.port, pid: bare.process.pid ?? 0, dialogue: bareOf },
    { name: "gate/check, a read", goal: 5_000, rate: 1_500, ...own, dialogue: checkOf(id, "order_get", { order: "5512" }) },
    { name: "gate/check, a write", goal: 1_500, rate: 1_500, ...own, dialogue: checkOf(id, "refund_create", { amount: 20, order: "5512" }) },
    { name: "prepare + commit", goal: 700, rate: 700, ...own, dialogue: actionOf(id) },
  ];
  const results = new Map<string, Measured[]>();
  const note = async (name: string, measured: Promise<Measured>) => results.set(name, [...(results.get(name) ?? []), await measured]);
  for (const target of targets) await measure(target, asked, WARM_UP_MS);
  // In turns, so that whatever else the machine does falls on all.
  for (let round = 0; round < ROUNDS; round++) {
    // A new database makes each file of its log anew, 16 MB of zeros that everybody waits for; one that has been up for a while uses those again that a checkpoint freed.
    await prisma().$executeRaw`CHECKPOINT`;
    for (const target of targets) {
      await note(target.name, measure(target, asked, MEASURED_MS));
      if (target.rate !== undefined) await note(paced(target), measure(target, asked, MEASURED_MS, atRate(target.rate)));
    }
  }
  const median = (name: string, of: (measured: Measured) => number) => (results.get(name) ?? []).map(of).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? NaN;
  // Of a connection that was closed meanwhile the time is gone.
  const shown = (micros: number) => (micros > 0 ? micros.toFixed(0) : "");
  const limit = median("one indexed insert", (one) => one.perSecond);
  printTable([
    ["", "a second", "goal", "of the limit", "p50 ms", "p99 ms", "worst ms", "CPU µs: server", "PostgreSQL"],
    ...targets.flatMap((target) => [[target.name, target.goal === null ? "" : String(target.goal)], ...(target.rate === undefined ? [] : [[paced(target), ""]])]).map(([name = "", goal = ""]) => [
      name, Math.round(median(name, (one) => one.perSecond)), goal, (median(name, (one) => one.perSecond) / limit).toFixed(2), median(name, (one) => one.p50Ms).toFixed(1), median(name, (one) => one.p99Ms).toFixed(1), median(name, (one) => one.worstMs).toFixed(0),
      median(name, (one) => one.cpuMicros.server).toFixed(0), shown(median(name, (one) => one.cpuMicros.database)),
    ]),
  ]);
  console.log(`\n${CONNECTIONS} connections, one thing at a time on each; every decision and action is stored, with its entry in the log, before it is answered. One agent, so all of them wait for its counters. Where a rate is named, so many come in a second and no more. p99 goal 15 ms: for reads as fast as they go, and for checks at their rate.`);
  bare.process.kill();
  await server.stop();
  process.exit(0);
}
