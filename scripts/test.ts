// `npm test`: unit and integration tests on a real PostgreSQL, then the console in a real browser.

import { ensureBuilt } from "./build.ts";
import { runCommand } from "./run-command.ts";

const isUnitOnly = process.argv.includes("--unit");
const extra = process.argv.slice(2).filter((argument) => argument !== "--unit");

if ((await runCommand("vitest", ["run", ...(isUnitOnly ? extra : [])])) !== 0) process.exit(1);
if (!isUnitOnly) {
  await ensureBuilt();
  if ((await runCommand("playwright", ["test", ...extra])) !== 0) process.exit(1);
}
