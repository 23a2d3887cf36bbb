// Gate checks per second over HTTP, beside a bare HTTP server that answers the same bytes, measured by the same sender in the same run.

import { spawn, type ChildProcess } from "node:child_process";
import net from "node:net";
import path from "node:path";
import { makeAgent } from "../lib/testing/make-agent.ts";
import { ROOT } from "../scripts/run-command.ts";
import { startBenchServer } from "./bench-server.ts";
import { agentKey } from "./holdpoint-api.ts";
import { printTable } from "./print-table.ts";

const CONNECTIONS = 32;
const WARM_UP_MS = 3_000;
const MEASURED_MS = 10_000;
const ROUNDS = 3;

interface Measured {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  worstMs: number;
}

/** One request at a time on each connection, as agents ask. Sends bytes that were made before, so that the sender costs little. */
async function measure(port: number, request: Buffer, expected: string, durationMs: number): Promise<Measured> {
  const latencies: number[] = [];
  const startMs = performance.now();
  const endMs = startMs + durationMs;
  const wrong: string[] = [];
  await Promise.all(Array.from({ length: CONNECTIONS }, () => new Promise<void>((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1");
    let sentMs = 0;
    let answer = "";
    const send = () => {
      sentMs = performance.now();
      answer = "";
      socket.write(request);
    };
    socket.setNoDelay(true);
    socket.on("connect", send);
    socket.on("error", reject);
    socket.on("data", (bytes) => {
      answer += bytes.toString("latin1");
      const headEnd = answer.indexOf("\r\n\r\n");
      if (headEnd < 0 || answer.length < headEnd + 4 + Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? 0)) return;
      latencies.push(performance.now() - sentMs);
      if (!answer.startsWith("HTTP/1.1 200") || !answer.endsWith(expected)) wrong.push(answer);
      if (performance.now() < endMs) return send();
      socket.end();
      resolve();
    });
  })));
  if (wrong.length > 0) throw new Error(`${wrong.length} answers are not the expected one, for instance ${wrong[0]}`);
  const seconds = (performance.now() - startMs) / 1_000;
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  return { perSecond: sorted.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99), worstMs: at(1) };
}

/** Reads the whole request and answers: no less than what every server on node:http has to do. */
function startBare(answer: string): Promise<{ port: number; process: ChildProcess }> {
  const child = spawn(process.execPath, [path.join(ROOT, "bench/bare-server.ts"), answer], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve) => child.stdout?.once("data", (port: Buffer) => resolve({ port: Number(port), process: child })));
}

export async function gate(): Promise<void> {
  const server = await startBenchServer({ HOLDPOINT_ROLES: "agents" });
  const { id } = await makeAgent({ tier: 2 });
  const { secret } = await agentKey(server.url, [id]);
  const question = JSON.stringify({ agent: { id }, tool: { name: "order_get" }, conversationId: "c-1", toolCallId: "t-1", input: { order: "A-1" } });
  const response = await fetch(`${server.url}/v1/gate/check`, { method: "POST", headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" }, body: question });
  const answer = await response.text();
  if (!response.ok) throw new Error(`the gate answered ${response.status}: ${answer}`);
  const bare = await startBare(answer);
  const requestTo = (port: number) =>
    Buffer.from(`POST /v1/gate/check HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${secret}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(question)}\r\n\r\n${question}`);
  const holdpointPort = Number(new URL(server.url).port);
  const targets = [["bare node:http", bare.port], ["gate/check", holdpointPort]] as const;
  const results = new Map<string, Measured[]>();
  for (const [, port] of targets) await measure(port, requestTo(port), answer, WARM_UP_MS);
  // In turns, so that whatever else the machine does falls on both.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, port] of targets) results.set(name, [...(results.get(name) ?? []), await measure(port, requestTo(port), answer, MEASURED_MS / ROUNDS)]);
  }
  const median = (name: string, of: (measured: Measured) => number) => (results.get(name) ?? []).map(of).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? NaN;
  printTable([
    ["server", "requests/s", "p50 ms", "p99 ms", "worst ms"],
    ...targets.map(([name]) => [
      name, Math.round(median(name, (one) => one.perSecond)), median(name, (one) => one.p50Ms).toFixed(2), median(name, (one) => one.p99Ms).toFixed(2), median(name, (one) => one.worstMs).toFixed(1),
    ]),
  ]);
  console.log(`\n${CONNECTIONS} connections, one request at a time on each. gate/check does ${(median("gate/check", (one) => one.perSecond) / median("bare node:http", (one) => one.perSecond)).toFixed(2)} of the bare server's requests.`);
  bare.process.kill();
  await server.stop();
}
