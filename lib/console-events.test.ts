import { afterAll, expect, test } from "vitest";
import { ConsoleEvents, consoleEvents } from "./console-events.ts";
import { pool } from "./database/database.ts";
import { useDatabase } from "./testing/use-database.ts";

useDatabase();
afterAll(() => consoleEvents().close());

interface Told {
  id: string;
  event: string;
  data: string;
}

/** A tab: collects what it is told. */
function listen(lastId: string | null = null, events = consoleEvents()) {
  const told: Told[] = [];
  const reader = (events.open(lastId).body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let [rest, hasEnded] = ["", false];
  const read = async (): Promise<void> => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const frames = (rest + decoder.decode(part.value, { stream: true })).split("\n\n");
      rest = frames.pop() ?? "";
      for (const frame of frames) {
        const line = (name: string) => frame.split("\n").find((one) => one.startsWith(`${name}: `))?.slice(name.length + 2) ?? "";
        if (frame.includes("event: ")) told.push({ id: line("id"), event: line("event"), data: line("data") });
      }
    }
    hasEnded = true;
  };
  void read();
  return { told, of: (event: string) => told.filter((one) => one.event === event), hasEnded: () => hasEnded, close: () => reader.cancel() };
}

const tell = (event: object) => pool().query("SELECT pg_notify('holdpoint', $1)", [JSON.stringify(event)]);

test("a tab is told which kinds moved, gathered, and never what they are now", async () => {
  const tab = listen();
  await expect.poll(() => tab.of("beat").length).toBe(1);
  // The listener says that it listens; until then nothing can be missed, because everything is asked for.
  await expect.poll(() => tab.of("gap").length).toBe(2);
  for (let count = 0; count < 20; count++) await tell({ kind: "runs.moved", subject: "a", agentId: `agent-${count % 3}` });
  await tell({ kind: "stop.engaged", subject: "st_1", agentId: "agent-1" });
  await expect.poll(() => tab.of("moved").some(({ data }) => data.includes("stop.engaged"))).toBe(true);
  expect(tab.of("moved").length).toBeLessThanOrEqual(3);
  const kinds = tab.of("moved").flatMap(({ data }) => (JSON.parse(data) as { kinds: string[] }).kinds);
  expect(new Set(kinds)).toEqual(new Set(["runs.moved", "stop.engaged"]));
  await tab.close();
});

test("who comes back is told what was missed, and who comes from elsewhere asks for everything", async () => {
  const first = listen();
  await tell({ kind: "change.proposed", subject: "ch_1", agentId: null });
  await expect.poll(() => first.of("moved").length).toBe(1);
  const heard = first.of("moved")[0]?.id ?? "";
  await first.close();
  const other = listen();
  await tell({ kind: "change.approved", subject: "ch_1", agentId: null });
  await expect.poll(() => other.of("moved").length).toBe(1);

  const back = listen(heard);
  await expect.poll(() => back.of("moved").length).toBe(1);
  expect(back.of("moved")[0]?.data).toContain("change.approved");
  expect(back.of("gap")).toEqual([]);
  for (const unknown of ["deadbeef-1", "nonsense", `${heard.split("-")[0]}-999999`]) {
    const stranger = listen(unknown);
    await expect.poll(() => stranger.of("gap").length).toBe(1);
    await stranger.close();
  }
  await other.close();
  await back.close();
});

test("a burst of many different things names the kinds and nothing else, so that a busy house has nobody ask for everything", async () => {
  const tab = listen();
  await expect.poll(() => tab.of("gap").length).toBe(1);
  await pool().query("SELECT pg_notify('holdpoint', json_build_object('kind', 'runs.moved', 'subject', n::text, 'agentId', 'agent-' || n)::text) FROM generate_series(1, 300) n");
  await expect.poll(() => tab.of("moved").map(({ data }) => data)).toContainEqual(JSON.stringify({ kinds: ["runs.moved"], agents: null }));
  expect(tab.of("gap").length).toBe(1);
  await tab.close();
});

test("while the notifications are away nothing sounds alive, and the heartbeat comes with their return", async () => {
  const events = new ConsoleEvents();
  const url = process.env.DATABASE_URL;
  process.env.DATABASE_URL = "postgres://nobody@127.0.0.1:1/nowhere";
  const tab = listen(null, events);
  await expect.poll(() => tab.of("gap").length).toBe(1);
  expect(tab.of("beat")).toEqual([]);
  process.env.DATABASE_URL = url;
  await expect.poll(() => tab.told.map(({ event }) => event), { timeout: 10_000 }).toEqual(["gap", "gap", "beat"]);
  await events.close();
});

test("closing ends every stream", async () => {
  const tab = listen();
  await expect.poll(() => tab.told.length).toBeGreaterThan(0);
  await consoleEvents().close();
  await expect.poll(() => tab.hasEnded()).toBe(true);
  // Who comes back meanwhile would keep the server from closing.
  expect(consoleEvents().open(null).status).toBe(503);
});
