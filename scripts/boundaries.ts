// `npm run boundaries`: do the imports follow the arrows? Fails as well when fewer files were seen than there are.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { ROOT } from "./run-command.ts";

const FOLDERS = ["app", "bench", "cli", "components", "demo", "e2e", "lib", "mcp-gateway", "scripts", "sdk"];
const FILES = ["server.ts"];

function sourceFiles(folder: string): string[] {
  if (!fs.existsSync(path.join(ROOT, folder))) return [];
  return fs.readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".d.ts")).map((file) => path.join(folder, file));
}

const expected = [...FOLDERS.flatMap(sourceFiles), ...FILES];
const bin = path.join(ROOT, "node_modules/.bin/depcruise");
const { stdout, stderr } = spawnSync(bin, ["--config", ".dependency-cruiser.cjs", "--output-type", "json", ...FOLDERS.filter((folder) => sourceFiles(folder).length > 0), ...FILES], {
  cwd: ROOT, encoding: "utf8", maxBuffer: 512 * 1024 * 1024,
});
if (!stdout.startsWith("{")) throw new Error(`dependency-cruiser failed: ${stderr}`);

interface Report {
  modules: { source: string }[];
  summary: { violations: { rule: { name: string; severity: string }; from: string; to: string; cycle?: { name: string }[] }[] };
}
const report = JSON.parse(stdout) as Report;
const seen = new Set(report.modules.map((module) => module.source));
const unseen = expected.filter((file) => !seen.has(file.split(path.sep).join("/")));
const { violations } = report.summary;

for (const { rule, from, to, cycle } of violations) {
  process.stderr.write(`${rule.name}: ${from} → ${cycle ? cycle.map((step) => step.name).join(" → ") : to}\n`);
}
// A cruiser that cannot read the files finds no violation in them.
if (unseen.length > 0) process.stderr.write(`${unseen.length} source files were not seen, for instance ${unseen.slice(0, 3).join(", ")}\n`);
if (violations.length > 0 || unseen.length > 0) process.exit(1);
process.stdout.write(`${expected.length} source files follow the arrows.\n`);
