// How long does somebody wait: from the press to the word "Stopping", and until a run of 10,000 spans can be used?

import { createHash, randomBytes } from "node:crypto";
import type { BrowserContext, Page } from "@playwright/test";
import { agentKey } from "./holdpoint-api.ts";

const SPANS = 10_000;
const PRESSES = 10;
/** ux goals, both with the processor slowed down four times. */
const GOAL = { stoppingMs: 300, usableMs: 2_000, nodes: 1_500 } as const;

interface Opened {
  context: BrowserContext;
  page: Page;
}
type Open = () => Promise<Opened>;

const spanId = (index: number): string => createHash("sha256").update(`span ${index}`).digest("hex").slice(0, 16);
const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });

/** One run, a flat list of tool calls of which one failed; answers when it is stored. */
export async function sendLongRun(url: string, agentId: string, runOf: (conversation: string, spans: number) => Promise<string | null>): Promise<string> {
  const { secret } = await agentKey(url, [agentId]);
  const [traceId, conversation, start] = [randomBytes(16).toString("hex"), `long-${randomBytes(4).toString("hex")}`, Date.now() - SPANS * 10];
  const spans = Array.from({ length: SPANS }, (_, index) => ({
    traceId, spanId: spanId(index), parentSpanId: index === 0 ? "" : spanId(0), name: index === 0 ? "invoke_agent" : `execute_tool order_get ${index}`, kind: 1,
    startTimeUnixNano: `${start + index * 10}000000`, endTimeUnixNano: `${index === 0 ? start + SPANS * 10 : start + index * 10 + 8}000000`, status: index === SPANS - 1_234 ? { code: 2, message: "The order is unknown." } : { code: 1 },
    attributes: [attribute("gen_ai.conversation.id", conversation), ...(index === 0 ? [attribute("gen_ai.operation.name", "invoke_agent")] : [attribute("gen_ai.operation.name", "execute_tool"), attribute("gen_ai.tool.name", "order_get"), attribute("gen_ai.tool.call.arguments", `{"order":"no-${index}"}`)])],
  }));
  const resource = { attributes: [attribute("gen_ai.agent.id", agentId), attribute("gen_ai.agent.version", "1.0")] };
  for (let from = 0; from < SPANS; from += 1_000) {
    const response = await fetch(`${url}/v1/traces`, {
      method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
      body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "bench" }, spans: spans.slice(from, from + 1_000) }] }] }),
    });
    if (!response.ok) throw new Error(`the spans were answered with ${response.status}`);
  }
  for (let attempt = 0; attempt < 600; attempt++) {
    const runId = await runOf(conversation, SPANS);
    if (runId !== null) return runId;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the long run is not stored");
}

interface Watched {
  usableMs?: number;
  wholeMs?: number;
}

/** Runs in the page before anything else: notes when a row of the trace first answers to a press, which is when React has taken it over, and when none is missing any more. */
function watchRows(): void {
  const watched: Watched = {};
  Object.assign(window, { watched });
  const look = (): void => {
    const row = document.querySelector("a.wf");
    if (row !== null && Object.keys(row).some((key) => key.startsWith("__reactProps"))) watched.usableMs ??= performance.now();
    if (watched.usableMs !== undefined && row?.closest("ol")?.ariaBusy === null) watched.wholeMs = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** The page's own time from the address to rows that can be used, and the nodes then. */
export async function longRunRow(open: Open, device: string, address: string): Promise<(string | number)[]> {
  const { context, page } = await open();
  await page.addInitScript(watchRows);
  await page.goto(address, { waitUntil: "load" });
  await page.waitForFunction(() => (window as unknown as { watched: Watched }).watched.wholeMs !== undefined);
  const { usableMs = Number.NaN, wholeMs = Number.NaN } = await page.evaluate(() => (window as unknown as { watched: Watched }).watched);
  const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
  await context.close();
  return [`run of ${SPANS.toLocaleString("en")} spans`, device, Math.round(usableMs), GOAL.usableMs, `${nodes} nodes (${GOAL.nodes}), all rows after ${Math.round(wholeMs)}`];
}

/** Runs in the page: from the pointer's press to the frame in which the sheet says what became of it. */
const timedPress = async (page: Page): Promise<{ ms: number; word: string }> => {
  await page.evaluate(() => {
    const timed = { pressedMs: 0, saidMs: 0, word: "" };
    Object.assign(window, { timed });
    addEventListener("pointerdown", ({ timeStamp }) => (timed.pressedMs = timeStamp), { capture: true, once: true });
    const look = (): void => {
      const [word = ""] = /^Stopp\w+/.exec(document.querySelector(".stop-sheet .stop-verdict")?.textContent ?? "") ?? [];
      if (word === "") requestAnimationFrame(look);
      else Object.assign(timed, { saidMs: performance.now(), word });
    };
    requestAnimationFrame(look);
  });
  await page.locator(".stop-now").click();
  await page.waitForFunction(() => (window as unknown as { timed: { saidMs: number } }).timed.saidMs > 0);
  const { pressedMs, saidMs, word } = await page.evaluate(() => (window as unknown as { timed: { pressedMs: number; saidMs: number; word: string } }).timed);
  return { ms: saidMs - pressedMs, word };
};

/** As many agents as presses, each stopped from its page. */
export async function stoppingRow(open: Open, device: string, addresses: readonly string[]): Promise<(string | number)[]> {
  const { context, page } = await open();
  const said: { ms: number; word: string }[] = [];
  for (const address of addresses.slice(0, PRESSES)) {
    await page.goto(address, { waitUntil: "networkidle" });
    const control = page.locator("[data-stop-control]").filter({ visible: true });
    // Who comes near has the sheet fetched; a press before it is there leads to the plain page.
    await control.hover();
    await page.waitForTimeout(1_000);
    await control.click();
    await page.locator(".stop-now").waitFor();
    // Until the sheet has stood still it takes no press.
    await page.waitForTimeout(1_000);
    said.push(await timedPress(page));
  }
  await context.close();
  const sorted = said.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return [`press to "${[...new Set(said.map(({ word }) => word))].join(", ")}"`, device, Math.round(sorted[sorted.length >> 1] ?? Number.NaN), GOAL.stoppingMs, `worst ${Math.round(sorted.at(-1) ?? Number.NaN)} of ${sorted.length}`];
}
