// Server time of every page with 1,000 agents and 1,000,000 runs: from the request to the last byte, one request at a time.

import { encode } from "next-auth/jwt";
import pg from "pg";
import { startBenchServer } from "./bench-server.ts";
import { fillWorld } from "./large-world.ts";
import { personWithKey } from "./holdpoint-api.ts";
import { printTable } from "./print-table.ts";

const REQUESTS = 40;
const GOAL_MS = 100;

const quantile = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

export async function pages(): Promise<void> {
  const server = await startBenchServer();
  try {
    const person = await personWithKey(server.url, "Bench Administrator", ["administrator", "operator"]);
    const client = new pg.Client({ connectionString: server.databaseUrl });
    await client.connect();
    const started = performance.now();
    const world = await fillWorld(client, { agents: 1_000, runs: Number(process.env.BENCH_RUNS ?? 1_000_000) });
    await client.end();
    console.log(`${world.agents} agents, ${world.runs} runs, filled in ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
    const secret = process.env.HOLDPOINT_SECRET ?? "";
    const session = await encode({ token: { personId: person.id, sessionVersion: 1 }, secret });
    const headers = { cookie: `next-auth.session-token=${session}` };
    const addresses = [
      "/now", "/inbox", "/agents", "/agents?q=agent-07", `/agents/${world.agentId}`, `/agents/${world.agentId}/card`, `/agents/${world.agentId}/versions`, `/agents/${world.agentId}/metrics`,
      `/agents/${world.agentId}/metrics?range=30d`, `/agents/${world.agentId}/authority`, "/changes", `/changes/${world.changeId}`, "/runs", `/runs?agent=${world.agentId}`, "/runs?outcome=failure",
      "/runs?escalated=1", "/runs?tool=refund_create", "/runs?record=ZD-4711", `/runs/${world.runId}`, "/risk", `/risk/${world.agentId}`, "/portfolio", "/log", "/settings/people", "/settings/keys", "/settings/prices", "/settings/review-policy", "/settings/me",
    ];
    const rows: (string | number)[][] = [["page", "status", "kB", "p50 ms", "p95 ms", "worst ms", `p95 of ${GOAL_MS} ms`]];
    for (const address of addresses) {
      const times: number[] = [];
      let status = 0;
      let bytes = 0;
      for (let request = 0; request < REQUESTS + 5; request++) {
        const from = performance.now();
        const response = await fetch(server.url + address, { headers, redirect: "manual" });
        bytes = (await response.arrayBuffer()).byteLength;
        status = response.status;
        if (request >= 5) times.push(performance.now() - from);
      }
      times.sort((a, b) => a - b);
      const p95 = quantile(times, 0.95);
      rows.push([address, status, Math.round(bytes / 1024), quantile(times, 0.5).toFixed(0), p95.toFixed(0), (times.at(-1) ?? 0).toFixed(0), (p95 / GOAL_MS).toFixed(2)]);
    }
    printTable(rows);
  } finally {
    await server.stop();
  }
}
