// From the stored stop of the whole fleet to the last point's stored confirmation, beside a bare broadcast of the same bytes with as many answers.
// BENCH_POINTS=1000,3000,5000 says how many points; from 5,000 on they are connected to two server processes.

import { fork, spawn, type ChildProcess } from "node:child_process";
import net from "node:net";
import path from "node:path";
import pg from "pg";
import { prisma } from "../lib/database/database.ts";
import { askRelease, releaseStop } from "../lib/operations/stops.ts";
import type { PersonActor } from "../lib/domain/roles.ts";
import { makeAgent } from "../lib/testing/make-agent.ts";
import { ROOT } from "../scripts/run-command.ts";
import { startBenchServer } from "./bench-server.ts";
import { cpuMs } from "./cpu-time.ts";
import { agentKey, callerFor, personWithKey, type Caller } from "./holdpoint-api.ts";
import { printTable } from "./print-table.ts";
import type { Confirmed, CUT, Orders } from "./stop-clients.ts";

const COUNTS = (process.env.BENCH_POINTS ?? "1000").split(",").map(Number);
const STOPS = Number(process.env.BENCH_STOPS ?? 20);
const AGENTS = 20;
/** Stops that are pressed in the moment in which all points have lost their connections. */
const CUTS = Math.min(STOPS, 5);
const TWO_PROCESSES_FROM = 5_000;
const GOAL_MS = 150;
/** Until then the engine is still compiling what it runs, as it is not in a house that has been up for a minute. */
const WARM_UP_STOPS = 5;

/** The points of one server, in a process of their own. */
class Clients {
  readonly #child: ChildProcess;
  #last: Confirmed | null = null;
  #wake: () => void = () => undefined;

  constructor(orders: Orders) {
    this.#child = fork(path.join(ROOT, "bench/stop-clients.ts"), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child.on("message", (confirmed: Confirmed) => {
      this.#last = confirmed;
      this.#wake();
    });
    this.#child.once("exit", (code) => {
      if (code) throw new Error(`the points ended with ${code}`);
    });
    this.#child.send(orders);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** When all of them have confirmed a bundle with just these stops. */
  async confirmed(stops: string): Promise<Confirmed> {
    while (this.#last?.stops !== stops) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#last;
  }

  cut(): void {
    this.#child.send("cut" satisfies typeof CUT);
  }

  close(): void {
    this.#child.disconnect();
  }
}

/** Hears of stops as soon as they are committed, as every process of the house does. */
class StoredStops {
  readonly #client: pg.Client;
  readonly #atMs = new Map<string, number>();

  private constructor(client: pg.Client) {
    this.#client = client;
    client.on("notification", ({ payload }) => {
      const { kind, subject } = JSON.parse(payload ?? "{}") as { kind?: string; subject?: string };
      if (kind === "stop.engaged" && subject) this.#atMs.set(subject, performance.timeOrigin + performance.now());
    });
  }

  static async listen(databaseUrl: string): Promise<StoredStops> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const stored = new StoredStops(client);
    await client.query("LISTEN holdpoint");
    return stored;
  }

  atMs(stopId: string): number {
    const at = this.#atMs.get(stopId);
    if (at === undefined) throw new Error(`nobody was told of ${stopId}`);
    return at;
  }

  end(): Promise<void> {
    return this.#client.end();
  }
}

interface Round {
  /** Of each point, in milliseconds from the start of the round, ascending. */
  after: number[];
  /** From the start of the round until the stop was stored. */
  storedAfterMs: number;
  /** Of the server processes, and of the database that they share; what points confirm every few seconds is in it. */
  cpuMs: { servers: number; database: number; clients: number };
}

const roundOf = ({ atMs }: Confirmed, sinceMs: number, storedMs: number, cpu: Round["cpuMs"]): Round => ({ after: atMs.map((at) => at - sinceMs).toSorted((a, b) => a - b), storedAfterMs: storedMs - sinceMs, cpuMs: cpu });
const sinceStored = ({ after, storedAfterMs, ...round }: Round): Round => ({ ...round, storedAfterMs: 0, after: after.map((ms) => ms - storedAfterMs) });
const at = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN;

interface Holdpoint {
  urls: string[];
  pids: number[];
  postgresPid: number;
  agents: string[];
  secret: string;
  click: Caller;
  people: [PersonActor, PersonActor];
  stored: StoredStops;
}

async function startSecond(): Promise<{ url: string; pid: number; stop: () => Promise<void> }> {
  const probe = net.createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as net.AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ["server.ts"], {
    cwd: ROOT, stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PORT: String(port), HOST: "127.0.0.1", HOLDPOINT_URL: url, NODE_ENV: "production", HOLDPOINT_LOG_LEVEL: "warn", HOLDPOINT_ROLES: "agents" },
  });
  while (!(await fetch(`${url}/readyz`).then((response) => response.ok, () => false))) await new Promise((resolve) => setTimeout(resolve, 100));
  return {
    url, pid: child.pid ?? 0,
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function startBare(): Promise<{ port: number; process: ChildProcess }> {
  const child = spawn(process.execPath, [path.join(ROOT, "bench/bare-broadcast.ts")], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve) => child.stdout?.once("data", (port: Buffer) => resolve({ port: Number(port), process: child })));
}

const bundlesNow = async ({ urls: [url = ""], secret, agents }: Holdpoint): Promise<Record<string, string>> =>
  Object.fromEntries(await Promise.all(agents.map(async (agent) => [agent, (await callerFor(url, secret).get<{ bundle: string }>(`/v1/bundle?agent=${agent}&point=reader`)).bundle] as const)));

async function broadcast(port: number, bundles: Record<string, string>): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/broadcast`, { method: "POST", body: JSON.stringify(bundles) });
  return ((await response.json()) as { atMs: number }).atMs;
}

const LOG_FILES = 6;

/** A new database makes each file of its log anew, 16 MB of zeros that everybody waits for; one that has been up for a while uses those again that a checkpoint freed. */
async function reuseLogFiles(): Promise<void> {
  for (let file = 0; file < LOG_FILES; file++) await prisma().$queryRaw`SELECT pg_logical_emit_message(false, 'bench', 'x')::text, pg_switch_wal()::text`;
  await prisma().$executeRaw`CHECKPOINT`;
}

interface Rounds {
  /** From the moment that the stop carries: its request had come, nothing was stored yet. */
  own: Round[];
  /** The same, until each acknowledgement was stored, as the stop's history tells it. */
  history: Round[];
  bare: Round[];
  /** As `own`, while all points come back at once. */
  cut: Round[];
}

/** In turns, so that whatever else the machine does falls on both. */
async function measure(holdpoint: Holdpoint, count: number): Promise<Rounds> {
  const { agents, secret, click, people, urls, pids, postgresPid, stored } = holdpoint;
  const bare = await startBare();
  const own = new Clients({ ports: urls.map((url) => Number(new URL(url).port)), points: count, agents, secret });
  await own.confirmed("");
  const besides = new Clients({ ports: [bare.port], points: count, agents, secret });
  const free = await bundlesNow(holdpoint);
  const rounds: Rounds = { own: [], history: [], bare: [], cut: [] };
  // The bare streams say nothing when they are opened: broadcast until each has heard it once.
  const isReady = besides.confirmed("").then(() => true);
  while (!(await Promise.race([isReady, broadcast(bare.port, free).then(() => new Promise((resolve) => setTimeout(resolve, 250, false)))])));
  const used = () => ({ servers: pids.reduce((sum, pid) => sum + cpuMs(pid), 0), database: cpuMs(postgresPid), bare: cpuMs(bare.process.pid ?? 0), clients: cpuMs(own.pid), bareClients: cpuMs(besides.pid) });
  for (let round = -WARM_UP_STOPS; round < STOPS; round++) {
    if (round === 0) await reuseLogFiles();
    const before = used();
    const { stopId } = await click.send<{ stopId: string }>("POST", "/v1/stops", { scope: "fleet" });
    const confirmed = await own.confirmed(stopId);
    const after = used();
    const { engagedAt } = await prisma().stop.findUniqueOrThrow({ where: { id: stopId } });
    if (round >= 0) rounds.own.push(roundOf(confirmed, engagedAt.getTime(), stored.atMs(stopId), { servers: after.servers - before.servers, database: after.database - before.database, clients: after.clients - before.clients }));
    const kept = await prisma().stopConfirmation.findMany({ where: { stopId }, select: { at: true } });
    if (kept.length !== count) throw new Error(`${count} points confirmed and ${kept.length} confirmations are stored`);
    const latest = rounds.own.at(-1);
    if (round >= 0 && latest) rounds.history.push({ ...latest, after: kept.map(({ at: storedAt }) => storedAt.getTime() - engagedAt.getTime()).toSorted((a, b) => a - b) });
    const stopped = await bundlesNow(holdpoint);
    const bareBefore = used();
    const sinceMs = await broadcast(bare.port, stopped);
    const answered = await besides.confirmed(stopId);
    const bareAfter = used();
    if (round >= 0) rounds.bare.push(roundOf(answered, sinceMs, sinceMs, { servers: bareAfter.bare - bareBefore.bare, database: 0, clients: bareAfter.bareClients - bareBefore.bareClients }));
    await askRelease(people[0], { stopId, reason: "The measurement is over." });
    await releaseStop(people[1], { stopId });
    await own.confirmed("");
    await broadcast(bare.port, await bundlesNow(holdpoint));
    await besides.confirmed("");
  }
  for (let round = 0; round < CUTS; round++) rounds.cut.push(await stopWhileAllComeBack(holdpoint, own, used));
  for (const clients of [own, besides]) clients.close();
  bare.process.kill();
  return rounds;
}

async function stopWhileAllComeBack({ click, people, stored }: Holdpoint, points: Clients, used: () => { servers: number; database: number; clients: number }): Promise<Round> {
  const before = used();
  points.cut();
  const { stopId } = await click.send<{ stopId: string }>("POST", "/v1/stops", { scope: "fleet" });
  const confirmed = await points.confirmed(stopId);
  const after = used();
  const { engagedAt } = await prisma().stop.findUniqueOrThrow({ where: { id: stopId } });
  await askRelease(people[0], { stopId, reason: "The measurement is over." });
  await releaseStop(people[1], { stopId });
  await points.confirmed("");
  return roundOf(confirmed, engagedAt.getTime(), stored.atMs(stopId), { servers: after.servers - before.servers, database: after.database - before.database, clients: after.clients - before.clients });
}

const HEADINGS = ["points", "servers", "what", "first point: p50", "any point: p50", "p99", "worst", "last point: p50", "p99", "worst", "goal p99", "CPU a stop: servers", "PostgreSQL", "points"];

function row(count: number, servers: number, what: string, rounds: readonly Round[], goal: string): (string | number)[] {
  const all = rounds.flatMap(({ after }) => after).toSorted((a, b) => a - b);
  const last = rounds.map(({ after }) => after.at(-1) ?? NaN).toSorted((a, b) => a - b);
  const mean = (of: (cpu: Round["cpuMs"]) => number) => rounds.reduce((sum, { cpuMs: cpu }) => sum + of(cpu), 0) / rounds.length;
  const first = rounds.map(({ after }) => after[0] ?? NaN).toSorted((a, b) => a - b);
  return [count, servers, what, `${at(first, 0.5).toFixed(0)} ms`, ...[all, last].flatMap((times) => [at(times, 0.5), at(times, 0.99), at(times, 1)]).map((ms) => `${ms.toFixed(0)} ms`), goal, ...[mean(({ servers }) => servers), mean(({ database }) => database), mean(({ clients }) => clients)].map((ms) => `${ms.toFixed(0)} ms`)];
}

export async function stop(): Promise<void> {
  const server = await startBenchServer({ HOLDPOINT_ROLES: "agents,jobs" });
  try {
    const agents: string[] = [];
    for (let index = 0; index < AGENTS; index++) agents.push((await makeAgent({ tier: 2 })).id);
    const { secret } = await agentKey(server.url, agents);
    const [one, other] = [await personWithKey(server.url, "Ola Berg", ["operator"]), await personWithKey(server.url, "Ana Ruiz", ["operator"])];
    const operator = ({ id }: { id: string }): PersonActor => ({ kind: "person", id, name: id, roles: ["operator"], owns: {} });
    const people: [PersonActor, PersonActor] = [operator(one), operator(other)];
    const stored = await StoredStops.listen(server.databaseUrl);
    const table: (string | number)[][] = [HEADINGS];
    const ratios: string[] = [];
    for (const count of COUNTS) {
      const second = count >= TWO_PROCESSES_FROM ? await startSecond() : null;
      const urls = [server.url, ...(second ? [second.url] : [])];
      const rounds = await measure({ urls, pids: [server.pid, ...(second ? [second.pid] : [])], postgresPid: server.postgresPid, agents, secret, click: one.api, people, stored }, count);
      await second?.stop();
      table.push(row(count, urls.length, "stop, from the request", rounds.own, ""), row(count, urls.length, "stop, from stored", rounds.own.map(sinceStored), `${GOAL_MS} ms`), row(count, urls.length, "the same, acknowledgement stored", rounds.history.map(sinceStored), `${GOAL_MS} ms`), row(count, 1, "bare broadcast", rounds.bare, ""), row(count, urls.length, "stop, from stored, as all come back at once", rounds.cut.map(sinceStored), ""));
      const each = rounds.own.map(({ after }, index) => (after.at(-1) ?? NaN) / (rounds.bare[index]?.after.at(-1) ?? NaN)).toSorted((a, b) => a - b);
      ratios.push(`${count} points: the last of Holdpoint's needs ${at(each, 0.5).toFixed(2)} times the last of the bare broadcast's (${each[0]?.toFixed(2)}–${each.at(-1)?.toFixed(2)}).`);
    }
    await stored.end();
    printTable(table);
    console.log(`\n${STOPS} stops of the fleet, ${AGENTS} agents. The request: engaged_at, it had come and nothing was stored yet. Stored: PostgreSQL told of the commit. A point counts when the answer to its confirmation was there, which comes after it is stored; the line below counts until it was stored, by PostgreSQL's clock. As all come back: ${CUTS} stops, each pressed as all points had lost their connections; they wait up to a quarter of a second before they try again.\n${ratios.join("\n")}`);
  } finally {
    await server.stop();
  }
}
