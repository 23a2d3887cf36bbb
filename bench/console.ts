// What does the console cost the browser, with 1,000 agents and 10,000 open items: script, paint, shift, interaction, waiting for a stop and for a long run, an idle tab?

import { gzipSync } from "node:zlib";
import { chromium, type Browser, type BrowserContext, type CDPSession, type Page } from "@playwright/test";
import { encode } from "next-auth/jwt";
import pg from "pg";
import { BROWSER_ARGUMENTS, findBrowser } from "../scripts/find-browser.ts";
import { longRunRow, sendLongRun, stoppingRow } from "./console-jobs.ts";
import { startBenchServer, type BenchServer } from "./bench-server.ts";
import { personWithKey } from "./holdpoint-api.ts";
import { fillWorld, openFindings } from "./large-world.ts";
import { printTable } from "./print-table.ts";

const AGENTS = 1_000;
const OPEN_ITEMS = 10_000;
const RUNS = Number(process.env.BENCH_RUNS ?? 100_000);
const IDLE_MINUTES = Number(process.env.BENCH_IDLE_MINUTES ?? 2);
/** One part alone, for whoever works on it: script, vitals, jobs or idle. */
const PARTS = (process.env.BENCH_PARTS ?? "script,vitals,jobs,idle").split(",");
const EVENTS_PER_SECOND = 5;
/** Of each page, after one that is not counted; what three of four visits keep to is told, as for people in the field. */
const VISITS = 4;
/** ux goals: script in kB gzip, paint in ms, shift, interaction in ms, each at full speed and slowed down four times. */
const GOAL = { scriptKb: 215, paintMs: [1_000, 2_500], shift: 0.05, interactionMs: [100, 200], coreShare: 0.1, heapMb: 20 } as const;

const DEVICES = [
  { name: "1440", viewport: { width: 1440, height: 900 }, slowdown: 1, network: null },
  { name: "360, CPU ÷ 4, 1.6 Mbit/s", viewport: { width: 360, height: 740 }, slowdown: 4, network: { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 } },
] as const;
interface Device {
  name: string;
  viewport: { width: number; height: number };
  slowdown: number;
  network: { offline: boolean; latency: number; downloadThroughput: number; uploadThroughput: number } | null;
}

interface Vitals {
  paintMs: number;
  shift: number;
  interactionsMs: number[];
}

/** Runs in the page before anything else. */
function observe(): void {
  const vitals: Vitals = { paintMs: 0, shift: 0, interactionsMs: [] };
  Object.assign(window, { vitals });
  const watch = (type: string, note: (entry: PerformanceEntry & { hadRecentInput?: boolean; value?: number; interactionId?: number }) => void, options: object = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true, ...options });
  watch("largest-contentful-paint", (entry) => (vitals.paintMs = entry.startTime));
  watch("layout-shift", (entry) => (vitals.shift += entry.hadRecentInput ? 0 : (entry.value ?? 0)));
  watch("event", (entry) => entry.interactionId && vitals.interactionsMs.push(entry.duration), { durationThreshold: 16 });
}

const vitalsOf = (page: Page) => page.evaluate(() => (window as unknown as { vitals: Vitals }).vitals);

/** All scripts that the page's HTML names, compressed as a good server would. */
async function scriptKb(server: BenchServer, address: string, cookie: string): Promise<number> {
  const html = await (await fetch(server.url + address, { headers: { cookie } })).text();
  const names = [...html.matchAll(/<script[^>]*>/gi)].map(([tag]) => tag).filter((tag) => !/nomodule/i.test(tag)).flatMap((tag) => /src="([^"]+)"/.exec(tag)?.[1] ?? []);
  const sizes = await Promise.all([...new Set(names)].map(async (name) => gzipSync(Buffer.from(await (await fetch(new URL(name, server.url))).arrayBuffer()), { level: 9 }).length));
  return sizes.reduce((sum, size) => sum + size, 0) / 1_000;
}

/** What somebody does on a page that reacts: opens the palette, moves in a list, presses a tab or a filter. */
async function useIt(page: Page): Promise<void> {
  for (const key of ["j", "j", "k"]) await page.keyboard.press(key);
  await page.keyboard.press("Tab");
  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.type("age", { delay: 60 });
  await page.keyboard.press("Escape");
  await page.waitForLoadState("networkidle");
}

async function open(browser: Browser, cookie: string, server: BenchServer, device: Device): Promise<{ context: BrowserContext; page: Page; session: CDPSession }> {
  const context = await browser.newContext({ viewport: device.viewport, hasTouch: device.viewport.width < 640 });
  const [name = "", value = ""] = cookie.split("=", 2);
  await context.addCookies([{ name, value, url: server.url, httpOnly: true, sameSite: "Lax" }]);
  await context.addInitScript(observe);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  if (device.network) {
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", device.network);
  }
  await session.send("Emulation.setCPUThrottlingRate", { rate: device.slowdown });
  return { context, page, session };
}

interface Visit extends Vitals {
  /** From asking until all of the page's HTML is here. */
  answerMs: number;
  nodes: number;
}

async function visit(browser: Browser, cookie: string, server: BenchServer, device: Device, address: string): Promise<Visit> {
  const { context, page } = await open(browser, cookie, server, device);
  await page.goto(server.url + address, { waitUntil: "load" });
  await page.waitForTimeout(1_500);
  await useIt(page);
  const vitals = await vitalsOf(page);
  const seen = await page.evaluate(() => ({ nodes: document.querySelectorAll("*").length, answerMs: performance.getEntriesByType("navigation").map((entry) => (entry as PerformanceNavigationTiming).responseEnd)[0] ?? NaN }));
  await context.close();
  return { ...vitals, ...seen };
}

/** https://web.dev/articles/defining-core-web-vitals-thresholds: the 75th percentile. */
const threeOfFour = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.75) - 1] ?? NaN;

async function pageRow(browser: Browser, cookie: string, server: BenchServer, device: Device, address: string): Promise<(string | number)[]> {
  await fetch(server.url + address, { headers: { cookie } }).then((response) => response.text());
  const visits: Visit[] = [];
  for (let count = 0; count < VISITS; count++) visits.push(await visit(browser, cookie, server, device, address));
  const at = (of: (visit: Visit) => number) => threeOfFour(visits.map(of));
  return [address, device.name, Math.round(at(({ answerMs }) => answerMs)), Math.round(at(({ paintMs }) => paintMs)), at(({ shift }) => shift).toFixed(3), Math.round(at(({ interactionsMs }) => Math.max(0, ...interactionsMs))), at(({ nodes }) => nodes)];
}

const metricOf = async (session: CDPSession, name: string): Promise<number> =>
  ((await session.send("Performance.getMetrics")) as { metrics: { name: string; value: number }[] }).metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;

/** A visible tab that nobody touches, while the house reports five things a second. */
async function idleTab(browser: Browser, cookie: string, server: BenchServer, client: pg.Client, address: string): Promise<(string | number)[]> {
  const { context, page, session } = await open(browser, cookie, server, DEVICES[0]);
  await session.send("Performance.enable");
  await page.goto(server.url + address, { waitUntil: "networkidle" });
  const kinds = ["runs.moved", "finding.opened", "change.proposed", "authority.changed"];
  let told = 0;
  const teller = setInterval(() => {
    const agentId = `agent-${String(told % AGENTS).padStart(4, "0")}`;
    void client.query("SELECT pg_notify('holdpoint', $1)", [JSON.stringify({ kind: kinds[told++ % kinds.length], subject: agentId, agentId })]);
  }, 1_000 / EVENTS_PER_SECOND);
  await page.waitForTimeout(10_000);
  const heapMb = async () => {
    await session.send("HeapProfiler.collectGarbage");
    return (await metricOf(session, "JSHeapUsedSize")) / 1e6;
  };
  const [heapBefore, busyBefore, startedMs] = [await heapMb(), await metricOf(session, "TaskDuration"), performance.now()];
  await page.waitForTimeout(IDLE_MINUTES * 60_000);
  const share = (await metricOf(session, "TaskDuration")) - busyBefore;
  const elapsed = (performance.now() - startedMs) / 1_000;
  const growth = (await heapMb()) - heapBefore;
  clearInterval(teller);
  await context.close();
  return [address, `${((100 * share) / elapsed).toFixed(1)} %`, `${100 * GOAL.coreShare} %`, `${growth.toFixed(1)} MB`, `${GOAL.heapMb} MB`];
}

interface Asked {
  server: BenchServer;
  browser: Browser;
  client: pg.Client;
  cookie: string;
  addresses: readonly string[];
}

async function printScripts({ server, cookie, addresses }: Asked): Promise<void> {
  const rows: (string | number)[][] = [["page", "script kB gzip", `of ${GOAL.scriptKb} kB`]];
  for (const address of addresses) {
    const size = await scriptKb(server, address, cookie);
    rows.push([address, size.toFixed(1), (size / GOAL.scriptKb).toFixed(2)]);
  }
  printTable(rows);
}

async function printVitals({ server, browser, cookie, addresses }: Asked): Promise<void> {
  const rows: (string | number)[][] = [["page", "device", "answer ms", `paint ms (${GOAL.paintMs.join(", ")})`, `shift (${GOAL.shift})`, `worst interaction ms (${GOAL.interactionMs.join(", ")})`, "nodes"]];
  for (const address of addresses) for (const device of DEVICES) rows.push(await pageRow(browser, cookie, server, device, address));
  console.log("");
  printTable(rows);
}

/** The goals of jobs are for a slowed processor and a local network. */
async function printJobs({ server, browser, client, cookie }: Asked, agentId: string): Promise<void> {
  const stored = async (conversation: string, spans: number) => (await client.query<{ id: string }>("SELECT id FROM run WHERE conversation_id = $1 AND span_count = $2", [conversation, spans])).rows[0]?.id ?? null;
  const runId = await sendLongRun(server.url, agentId, stored);
  const rows: (string | number)[][] = [["job", "device", "ms", "goal", ""]];
  for (const [index, slowdown] of [1, 4].entries()) {
    for (const device of DEVICES) {
      const name = `${device.viewport.width}, CPU ÷ ${slowdown}`;
      const openHere = () => open(browser, cookie, server, { ...device, slowdown, network: null });
      const first = 100 + 100 * index + (device === DEVICES[0] ? 0 : 50);
      rows.push(await longRunRow(openHere, name, `${server.url}/runs/${runId}`));
      rows.push(await stoppingRow(openHere, name, Array.from({ length: 10 }, (_, number) => `${server.url}/agents/agent-${String(first + number).padStart(4, "0")}`)));
    }
  }
  console.log("");
  printTable(rows);
}

async function printIdle({ server, browser, client, cookie }: Asked): Promise<void> {
  const rows: (string | number)[][] = [["idle tab", `of a core at ${EVENTS_PER_SECOND} events/s`, "goal", `heap growth in ${IDLE_MINUTES} min`, "goal"]];
  for (const address of ["/now", "/inbox"]) rows.push(await idleTab(browser, cookie, server, client, address));
  console.log("");
  printTable(rows);
}

export async function consolePages(): Promise<void> {
  const server = await startBenchServer();
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: BROWSER_ARGUMENTS });
  const client = new pg.Client({ connectionString: server.databaseUrl });
  try {
    const person = await personWithKey(server.url, "Bench Operator", ["administrator", "operator"]);
    await client.connect();
    const world = await fillWorld(client, { agents: AGENTS, runs: RUNS });
    await openFindings(client, OPEN_ITEMS);
    const cookie = `next-auth.session-token=${await encode({ token: { personId: person.id, sessionVersion: 1 }, secret: process.env.HOLDPOINT_SECRET ?? "" })}`;
    const addresses = ["/now", "/portfolio", "/inbox", "/agents", `/agents/${world.agentId}`, `/agents/${world.agentId}/metrics`, "/changes", `/changes/${world.changeId}`, "/runs", `/runs/${world.runId}`, "/stops", "/risk", "/log", "/settings/me"];
    const asked: Asked = { server, browser, client, cookie, addresses };
    if (PARTS.includes("script")) await printScripts(asked);
    if (PARTS.includes("vitals")) await printVitals(asked);
    if (PARTS.includes("jobs")) await printJobs(asked, world.agentId);
    if (PARTS.includes("idle")) await printIdle(asked);
  } finally {
    await client.end().catch(() => undefined);
    await browser.close();
    await server.stop();
  }
}
