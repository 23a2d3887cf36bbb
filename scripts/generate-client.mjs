// Generates the Prisma client into generated/ after an install. Plain JavaScript: it may run on an older Node.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const prisma = createRequire(import.meta.url).resolve("prisma/build/index.js");
const { status } = spawnSync(process.execPath, [prisma, "generate", "--no-hints"], { stdio: ["ignore", "ignore", "inherit"] });
process.exit(status ?? 1);
