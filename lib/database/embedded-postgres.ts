// How does Holdpoint bring its own PostgreSQL? It starts the one from npm, as root or not, and adopts one left running.

import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { findBinaries, type Binaries, type Identity } from "./postgres-binaries.ts";

export interface EmbeddedPostgres {
  /** True when a server that a killed process had left behind was taken over. */
  wasAdopted: boolean;
  url: (database: string) => string;
  stop: () => Promise<void>;
  pid: number;
}

interface PostmasterFile {
  pid: number;
  port: number;
  isReady: boolean;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** The layout of postmaster.pid: line 1 process, line 4 port, line 8 status. */
function readPostmaster(directory: string): PostmasterFile | null {
  try {
    const lines = fs.readFileSync(path.join(directory, "postmaster.pid"), "utf8").split("\n");
    return { pid: Number(lines[0]), port: Number(lines[3]), isReady: (lines[7] ?? "").trim() === "ready" };
  } catch {
    return null;
  }
}

/** A number that is alive may be another program's by now: after a crash, and always after a container's restart. */
function isAnotherProgram(pid: number): boolean {
  try {
    return !fs.readFileSync(`/proc/${pid}/stat`, "utf8").includes("(postgres)");
  } catch {
    return false; // no /proc here, or it has just ended
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: "127.0.0.1", timeout: 1_000 });
    const answer = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => answer(true)).once("error", () => answer(false)).once("timeout", () => answer(false));
  });
}

/** The server that was left over `directory`, once it can be used. One that is on its way out, or was killed a moment ago, is waited for. */
async function findLeftServer(directory: string): Promise<PostmasterFile | null> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const left = readPostmaster(directory);
    if (!left || !isAlive(left.pid)) return null;
    if (isAnotherProgram(left.pid)) {
      fs.rmSync(path.join(directory, "postmaster.pid"), { force: true });
      return null;
    }
    if (left.isReady && (await accepts(left.port))) return left;
    await sleep(50);
  }
  return null;
}

/** Ends the server that a killed process left over `directory`, where one still runs. */
export async function stopLeftPostgres(directory: string): Promise<void> {
  const left = await findLeftServer(path.resolve(directory));
  if (left) await stopServer(left.pid);
}

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one. */
async function stopServer(pid: number): Promise<void> {
  if (isAlive(pid)) process.kill(pid, "SIGINT");
  for (let attempt = 0; attempt < 400 && isAlive(pid); attempt++) await sleep(20);
  if (isAlive(pid)) process.kill(pid, "SIGQUIT");
}

/**
 * As root the data folder may lie below one that PostgreSQL's user cannot enter. A child changes its folder before its user, so
 * `/proc/self/cwd` leads to it without a walk from the top.
 */
const dataArgument = (directory: string, identity: Identity) =>
  identity.uid !== undefined && process.platform === "linux" ? "/proc/self/cwd" : directory;

function initialise(directory: string, binaries: Binaries): void {
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(path.dirname(directory), { recursive: true });
  fs.mkdirSync(directory, { mode: 0o700 });
  const password = randomBytes(24).toString("base64url");
  const passwordFile = path.join(os.tmpdir(), `holdpoint-${randomBytes(8).toString("hex")}`);
  fs.writeFileSync(passwordFile, password, { mode: 0o600 });
  const { uid, gid } = binaries.identity;
  if (uid !== undefined && gid !== undefined) for (const file of [directory, passwordFile]) fs.chownSync(file, uid, gid);

  const result = spawnSync(
    binaries.initdb,
    ["-D", dataArgument(directory, binaries.identity), "-U", "postgres", "--auth=scram-sha-256", `--pwfile=${passwordFile}`, "--encoding=UTF8",
      "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
    { ...binaries.identity, env: { ...process.env, LC_ALL: "C" }, cwd: directory, encoding: "utf8" },
  );
  fs.rmSync(passwordFile, { force: true });
  if (result.status !== 0) {
    fs.rmSync(directory, { recursive: true, force: true });
    throw new Error(`initdb failed: ${result.error?.message ?? result.stderr}`);
  }
  fs.writeFileSync(passwordPath(directory), password, { mode: 0o600 });
}

const passwordPath = (directory: string) => path.join(path.dirname(directory), "postgres-password");

async function waitUntilReady(directory: string, pid: number, logFile: string): Promise<void> {
  for (let attempt = 0; attempt < 6_000; attempt++) {
    const postmaster = readPostmaster(directory);
    if (postmaster?.pid === pid && postmaster.isReady) return;
    if (!isAlive(pid)) break;
    await sleep(5);
  }
  throw new Error(`PostgreSQL did not start: ${fs.readFileSync(logFile, "utf8").slice(-2_000)}`);
}

/** Starts, or adopts, the server over `directory`. `settings` are PostgreSQL parameters. */
export async function startEmbeddedPostgres(directory: string, settings: Record<string, string> = {}): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries();
  const full = path.resolve(directory);
  if (!fs.existsSync(path.join(full, "PG_VERSION"))) initialise(full, binaries);
  const password = fs.readFileSync(passwordPath(full), "utf8");
  const urlAt = (port: number) => (database: string) => `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`;

  const left = await findLeftServer(full);
  if (left) {
    return { wasAdopted: true, url: urlAt(left.port), stop: () => stopServer(left.pid), pid: left.pid };
  }

  const port = await freePort();
  const flags = { listen_addresses: "127.0.0.1", port: String(port), unix_socket_directories: "", max_connections: "200", ...settings };
  const logFile = path.join(path.dirname(full), "postgres.log");
  const log = fs.openSync(logFile, "w"); // a file, not a pipe: the server may outlive this process
  const child = spawn(
    binaries.postgres,
    ["-D", dataArgument(full, binaries.identity), ...Object.entries(flags).flatMap(([key, value]) => ["-c", `${key}=${value}`])],
    // A process group of its own, so that Ctrl-C reaches only this process, which then stops the server in order.
    { ...binaries.identity, env: { ...process.env, LC_ALL: "C" }, cwd: full, stdio: ["ignore", "ignore", log], detached: true },
  );
  fs.closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new Error("PostgreSQL could not be started");
  child.unref();
  await waitUntilReady(full, pid, logFile);
  return { wasAdopted: false, url: urlAt(port), stop: () => stopServer(pid), pid };
}
