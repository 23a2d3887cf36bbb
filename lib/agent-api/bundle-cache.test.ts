import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { pool, prisma } from "../database/database.ts";
import { appendToLog } from "../operations/append-to-log.ts";
import { signingKey } from "../operations/signing-key.ts";
import { makeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { BundleCache } from "./bundle-cache.ts";

useDatabase();

let cache: BundleCache;
beforeAll(async () => {
  cache = new BundleCache(await signingKey(undefined));
  cache.start();
});
afterAll(() => cache.close());

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 8_000, interval: 10 });

/** Whoever reads overrides waits until it is let go. */
async function holdOverrides(): Promise<{ isAwaited: () => Promise<boolean>; letGo: () => Promise<void> }> {
  const client = await pool().connect();
  await client.query("BEGIN; LOCK TABLE override IN ACCESS EXCLUSIVE MODE");
  return {
    isAwaited: async () => (await pool().query("SELECT FROM pg_locks WHERE relation = 'override'::regclass AND NOT granted")).rowCount === 1,
    letGo: async () => {
      await client.query("COMMIT");
      client.release();
    },
  };
}

async function openFinding(agentId: string): Promise<void> {
  const at = new Date();
  await prisma().$transaction(async (tx) => {
    await tx.finding.create({ data: { id: `fi_${agentId}`, agentId, kind: "unreviewed_change", about: "prompt", sentence: "Its prompt is one that nobody reviewed.", evidence: {}, openedAt: at, lastSeenAt: at } });
    await appendToLog(tx, [{ kind: "finding.opened", actor: "system:holdpoint", subject: `fi_${agentId}`, agentId, at, detail: {} }]);
  });
}

test("what caps an agent while it is read for the first time is in its bundle", async () => {
  const { id } = await makeAgent({ tier: 2 });
  await prisma().agent.update({ where: { id }, data: { stage: "bounded" } });
  await cache.refresh();
  const held = await holdOverrides();
  const loading = cache.load(id);
  await until(async () => expect(await held.isAwaited()).toBe(true));
  await openFinding(id);
  // This snapshot is the only one that names the entry.
  await cache.refresh();
  await held.letGo();
  await loading;
  await until(() => expect(cache.read(id)?.bundle.authority).toMatchObject({ level: "shadow", source: "unreviewed_change" }));
});
