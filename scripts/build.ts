// Builds the console, unless the build that is there was made from exactly these sources.

import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { ROOT, runCommand } from "./run-command.ts";

const SOURCES = ["app", "components", "lib", "generated", "prisma/schema", "next.config.ts", "postcss.config.mjs", "package-lock.json", "tsconfig.json"];
const STAMP = path.join(ROOT, ".next", "holdpoint-sources");

function sourceDigest(): string {
  const hash = createHash("sha256");
  const visit = (file: string) => {
    const full = path.join(ROOT, file);
    if (!fs.existsSync(full)) return;
    if (fs.statSync(full).isDirectory()) for (const name of fs.readdirSync(full).toSorted()) visit(path.join(file, name));
    else if (!/\.test\.tsx?$/.test(file)) hash.update(file).update("\0").update(fs.readFileSync(full)).update("\0");
  };
  for (const source of SOURCES) visit(source);
  return hash.digest("hex");
}

const stampedDigest = (): string | null => (fs.existsSync(STAMP) ? fs.readFileSync(STAMP, "utf8") : null);

/** Whether a start finds a build of exactly these sources. */
export const isBuilt = (): boolean => stampedDigest() === sourceDigest();

/** Some 15 to 40 seconds when something changed, nothing otherwise. Throws when the build fails. */
export async function ensureBuilt(): Promise<void> {
  const generated = path.join(ROOT, "generated/prisma/client.ts");
  if (!fs.existsSync(generated) && (await runCommand("node", ["scripts/generate-client.mjs"], { quiet: true })) !== 0) throw new Error("generating the Prisma client failed");
  const digest = sourceDigest();
  if (stampedDigest() === digest) return;
  process.stdout.write("Building the console…\n");
  if ((await runCommand("next", ["build"], { env: { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" }, quiet: true })) !== 0) throw new Error("next build failed");
  fs.writeFileSync(STAMP, digest);
}
