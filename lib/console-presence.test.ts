import { afterEach, expect, test } from "vitest";
import { ConsoleEvents } from "./console-events.ts";
import { ConsolePresence } from "./console-presence.ts";
import { prisma } from "./database/database.ts";
import type { Watcher } from "./domain/presence.ts";
import { useDatabase } from "./testing/use-database.ts";

useDatabase();
const begun: { close: () => unknown }[] = [];
afterEach(async () => {
  for (const each of begun.splice(0)) await each.close();
});

const ana: Watcher = { topic: "ch_1", personId: "pe_1", name: "Ana" };
const ben: Watcher = { topic: "ch_1", personId: "pe_2", name: "Ben" };

/** A process of its own: what it says is kept. */
function makeProcess() {
  const said: string[] = [];
  const presence = new ConsolePresence((texts) => said.push(...texts) > 0);
  begun.push(presence);
  const enter = (watcher: Watcher) => {
    const shown: (readonly string[])[] = [];
    return { shown, leave: presence.enter(watcher, (names) => shown.push(names)) };
  };
  return { presence, said, enter };
}

test("who comes is shown to the others at that page once it is new, and is kept while one stream follows another", () => {
  const { presence, enter } = makeProcess();
  const nowMs = Date.now();
  const first = enter(ana);
  presence.tick(nowMs);
  expect(first.shown).toEqual([[]]);
  const [second, elsewhere] = [enter(ben), enter({ ...ben, topic: "ch_2" })];
  presence.tick(nowMs + 1_000);
  presence.tick(nowMs + 2_000);
  expect(first.shown).toEqual([[], ["Ben"]]);
  expect(second.shown).toEqual([["Ana"]]);
  expect(elsewhere.shown).toEqual([[]]);
  second.leave();
  const again = enter(ben);
  presence.tick(Date.now() + 3_000);
  presence.tick(Date.now() + 60_000);
  expect(first.shown).toEqual([[], ["Ben"]]);
  again.leave();
  presence.tick(Date.now() + 1_000);
  expect(first.shown).toHaveLength(2);
  presence.tick(Date.now() + 5_000);
  expect(first.shown).toEqual([[], ["Ben"], []]);
});

test("what another process said holds for a while: it says it again, and when it dies it is forgotten", () => {
  const [here, there] = [makeProcess(), makeProcess()];
  const nowMs = Date.now();
  const tab = here.enter(ana);
  there.enter(ben);
  there.presence.tick(nowMs);
  expect(there.said).toHaveLength(1);
  here.presence.hear(there.said[0] ?? "", nowMs);
  here.presence.tick(nowMs);
  expect(tab.shown).toEqual([["Ben"]]);
  there.presence.tick(nowMs + 1_000);
  expect(there.said).toHaveLength(1);
  there.presence.tick(nowMs + 4_000);
  expect(there.said).toHaveLength(2);
  here.presence.hear(there.said[1] ?? "", nowMs + 4_000);
  here.presence.tick(nowMs + 13_000);
  expect(tab.shown).toEqual([["Ben"]]);
  here.presence.tick(nowMs + 14_000);
  expect(tab.shown).toEqual([["Ben"], []]);
});

test("one's own words and what cannot be read are not heard; many names fit into several notifications", () => {
  const { presence, said, enter } = makeProcess();
  const tab = enter(ana);
  for (let count = 0; count < 100; count++) enter({ topic: `ch_${count}`, personId: `pe_x${count}`, name: "Ö".repeat(200) });
  presence.tick(Date.now());
  expect(said.length).toBeGreaterThan(1);
  for (const text of [...said, "", "null", "[]", '{"from":"x"}', '{"from":"x","part":0,"watchers":[["ch_1"]]}']) {
    expect(Buffer.byteLength(text)).toBeLessThan(8_000);
    presence.hear(text, Date.now());
  }
  presence.tick(Date.now());
  expect(tab.shown).toEqual([[expect.stringMatching(/^Ö+$/)]]);
  const other = makeProcess();
  const listening = other.enter({ topic: "ch_99", personId: "pe_y", name: "X" });
  for (const text of said) other.presence.hear(text, Date.now());
  other.presence.tick(Date.now());
  expect(listening.shown).toEqual([["Ö".repeat(200)]]);
});

/** A tab: the names it was shown last. */
function open(events: ConsoleEvents, watcher: Watcher) {
  const reader = (events.open(null, watcher).body as ReadableStream<Uint8Array>).getReader();
  let [names, rest]: [string[] | null, string] = [null, ""];
  const read = async (): Promise<void> => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      rest += new TextDecoder().decode(part.value);
      const last = [...rest.matchAll(/event: present\ndata: (.+)\n\n/g)].at(-1)?.[1];
      if (last !== undefined) names = (JSON.parse(last) as { names: string[] }).names;
    }
  };
  void read();
  return { names: () => names, close: () => reader.cancel() };
}

test("by the streams of two processes on one database, until the tab is closed; the log holds nothing of it", async () => {
  const [one, two] = [new ConsoleEvents(), new ConsoleEvents()];
  begun.push(one, two);
  const before = await prisma().logEntry.count();
  const [first, second] = [open(one, ana), open(two, ben)];
  await expect.poll(() => first.names(), { timeout: 15_000 }).toEqual(["Ben"]);
  await expect.poll(() => second.names(), { timeout: 15_000 }).toEqual(["Ana"]);
  await second.close();
  await expect.poll(() => first.names(), { timeout: 15_000 }).toEqual([]);
  expect(await prisma().logEntry.count()).toBe(before);
});
