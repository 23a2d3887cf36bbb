// `npm run check`: everything that must hold before a change lands, the quick things first.

import { runCommand } from "./run-command.ts";

const STEPS: readonly (readonly [name: string, command: string, parameters: readonly string[]])[] = [
  ["client", "node", ["scripts/generate-client.mjs"]],
  ["route types", "next", ["typegen"]],
  ["types", "tsc", ["--noEmit", "-p", "."]],
  ["lint", "oxlint", ["--deny-warnings"]],
  ["names", "node", ["scripts/names.ts"]],
  ["boundaries", "node", ["scripts/boundaries.ts"]],
  ["tests", "node", ["scripts/test.ts"]],
];

for (const [name, command, parameters] of STEPS) {
  const startedAt = performance.now();
  process.stdout.write(`\n── ${name}\n`);
  const code = await runCommand(command, parameters, { env: { NEXT_TELEMETRY_DISABLED: "1" } });
  process.stdout.write(`── ${name}: ${code === 0 ? "ok" : "FAILED"} after ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
  if (code !== 0) process.exit(1);
}
