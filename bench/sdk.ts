// What does the SDK cost whoever takes it in: how large is it, and how soon can a new process decide?

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { prisma } from "../lib/database/database.ts";
import { makeAgent } from "../lib/testing/make-agent.ts";
import { ROOT } from "../scripts/run-command.ts";
import { buildSdk } from "../sdk/build.ts";
import { startBenchServer } from "./bench-server.ts";
import { agentKey } from "./holdpoint-api.ts";
import { printTable } from "./print-table.ts";

const ROUNDS = 15;
const OLDEST_NODE = 20;

interface Start {
  importMs: number;
  decidedMs: number;
  fetchMs: number;
  decision: string;
}

/** In a process of its own: the import, one plain request for comparison, and the way from connect() to the first decision. */
const PROGRAM = `
const startMs = performance.now();
const { connect } = await import(process.env.SDK);
const importedMs = performance.now();
await (await fetch(process.env.URL_OF_HOLDPOINT + "/healthz")).text();
const fetchedMs = performance.now();
const point = await connect({ url: process.env.URL_OF_HOLDPOINT, apiKey: process.env.API_KEY, agentId: process.env.AGENT, name: "bench" });
const { decision } = point.decide("order_get");
const decidedMs = performance.now();
process.stdout.write(JSON.stringify({ importMs: importedMs - startMs, fetchMs: fetchedMs - importedMs, decidedMs: decidedMs - fetchedMs, decision }));
await point.close();
`;

const kilobytes = (bytes: number): string => (bytes / 1_000).toFixed(1);
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** As somebody's bundler would take it in, with all names shortened. */
async function minified(file: string): Promise<string> {
  const bundle = await rolldown({ input: file, platform: "node", logLevel: "warn" });
  const { output } = await bundle.generate({ format: "esm", minify: true, codeSplitting: false });
  await bundle.close();
  return output[0].code;
}

/** What a registry would hand out: the one file, its types and a manifest. */
function packedBytes(folder: string): number {
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ ...(JSON.parse(fs.readFileSync(path.join(ROOT, "sdk/package.json"), "utf8")) as object), exports: "./holdpoint-sdk.js", types: "./holdpoint-sdk.d.ts", scripts: {} }));
  const [packed] = JSON.parse(execFileSync("npm", ["pack", "--json", "--silent"], { cwd: folder, encoding: "utf8" })) as { size: number }[];
  return packed?.size ?? Number.NaN;
}

async function printSizes(folder: string, file: string): Promise<void> {
  const code = fs.readFileSync(file, "utf8");
  const small = await minified(file);
  const row = (name: string, text: string) => [name, kilobytes(Buffer.byteLength(text)), kilobytes(gzipSync(text).length), kilobytes(brotliCompressSync(text).length)];
  printTable([["the SDK in one file", "kB", "gzip kB", "brotli kB"], row("as it is built, names kept", code), row("minified", small), row("types", fs.readFileSync(path.join(folder, "holdpoint-sdk.d.ts"), "utf8"))]);
  const outside = [...new Set([...code.matchAll(/\bfrom\s*"([^"]+)"/g)].map(([, name]) => name ?? ""))];
  console.log(`\nPacked, with its types: ${kilobytes(packedBytes(folder))} kB. Imports beside itself: ${outside.join(", ") || "nothing"}.\n`);
}

const versionOf = (node: string): string => execFileSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }).trim();

/** The Node of this run, and the machine's own where it is another one that still counts. */
function otherNode(): string | null {
  const found = ["/usr/bin/node", "/usr/local/bin/node"].find((file) => fs.existsSync(file) && versionOf(file) !== process.versions.node);
  return found !== undefined && Number.parseInt(versionOf(found)) >= OLDEST_NODE ? found : null;
}

export async function sdk(): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "holdpoint-bench-sdk-"));
  const file = await buildSdk(folder);
  await printSizes(folder, file);
  const program = path.join(folder, "start.mjs");
  fs.writeFileSync(program, PROGRAM);
  const holdpoint = await startBenchServer({ HOLDPOINT_ROLES: "agents" });
  const { id } = await makeAgent({ tier: 2 });
  await prisma().agent.update({ where: { id }, data: { stage: "bounded" } });
  const { secret } = await agentKey(holdpoint.url, [id]);
  const other = otherNode();
  const ways: { name: string; node: string; sdk: string }[] = [
    { name: `sources, Node ${process.versions.node}`, node: process.execPath, sdk: path.join(ROOT, "sdk/src/enforcement-point.ts") },
    { name: `one file, Node ${process.versions.node}`, node: process.execPath, sdk: file },
    ...(other === null ? [] : [{ name: `one file, Node ${versionOf(other)}`, node: other, sdk: file }]),
  ];
  const starts = new Map<string, Start[]>(ways.map(({ name }) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { name, node, sdk: source } of ways) {
      const said = JSON.parse(execFileSync(node, [program], { encoding: "utf8", env: { NODE_ENV: "production", PATH: process.env.PATH, NODE_NO_WARNINGS: "1", SDK: source, URL_OF_HOLDPOINT: holdpoint.url, API_KEY: secret, AGENT: id } })) as Start;
      if (said.decision !== "permit") throw new Error(`the first decision was ${said.decision}`);
      // The first of each fills the file cache.
      if (round > 0) starts.get(name)?.push(said);
    }
  }
  printTable([
    ["a new process", "import ms", "a plain request ms", "connect() to a decision ms"],
    ...ways.map(({ name }) => [name, ...(["importMs", "fetchMs", "decidedMs"] as const).map((key) => median((starts.get(name) ?? []).map((each) => each[key])).toFixed(1))]),
  ]);
  console.log(`\nMedian of ${ROUNDS} processes each, in turns. connect() waits for the signed bundle, its key and the lease; the plain request is the process's first, to the same server.`);
  await holdpoint.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
