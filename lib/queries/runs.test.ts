import { beforeAll, describe, expect, it } from "vitest";
import { pool, prisma } from "../database/database.ts";
import { readRunFilter, type SearchValues } from "../domain/read-run-filter.ts";
import { useDatabase } from "../testing/use-database.ts";
import { countNewerRuns, findRun, listRuns } from "./runs.ts";

useDatabase();

const now = new Date("2026-11-21T12:00:00Z");
const minute = (n: number): Date => new Date(now.getTime() - n * 60_000);
const everything = readRunFilter({});

async function run(id: string, startedAt: Date, more: object = {}): Promise<void> {
  await prisma().run.create({
    data: {
      id, agentId: "refund-bot", conversationId: id, isKeyedByTrace: false, stage: "assisted", startedAt, endedAt: new Date(startedAt.getTime() + 1_500), receivedAt: startedAt, updatedAt: startedAt,
      ...more,
    },
  });
}

beforeAll(async () => {
  await prisma().agent.create({ data: { id: "refund-bot", card: { reading: { escalationTools: ["hand_over"] } }, cardEditedAt: now, stageSince: now, createdAt: now, createdBy: "test" } });
  await prisma().agentVersion.create({ data: { id: "av_2", agentId: "refund-bot", number: 2, fingerprint: "f", components: [], source: "api", createdBy: "test", createdAt: now } });
  await run("ru_1", minute(1), { outcome: "success", toolNames: ["order_get"], records: [{ type: "order", id: "5498" }], inferenceCalls: 2, costNanoUsd: 79_000_000n, inputTokens: 100n, outputTokens: 20n });
  await run("ru_2", minute(2), { outcome: "failure", errorSentence: "TimeoutError: order.get took 30 s", toolNames: ["order_get", "refund_create"], isUnreviewed: true, versionId: "av_2", versionLabel: "1.4" });
  await run("ru_3", minute(3), { isEscalated: true, records: [{ type: "ticket", id: "ZD-1" }, { type: "order", id: "5498" }], unknownCostCalls: 1, costNanoUsd: 5n, inferenceCalls: 1 });
  await run("ru_4", minute(4), { agentId: "crm-sync", conversationId: "other", isIntervened: true });
  await run("ru_5", minute(60 * 30), { agentId: "crm-sync", conversationId: "old", outcome: "success" });
});

const ids = async (search: SearchValues) => (await listRuns(readRunFilter(search), {}, now)).rows.map((row) => row.id);

describe("listRuns", () => {
  it.each<[SearchValues, string[]]>([
    [{}, ["ru_1", "ru_2", "ru_3", "ru_4", "ru_5"]],
    [{ agent: "crm-sync" }, ["ru_4", "ru_5"]],
    [{ agent: "refund-bot", version: "2" }, ["ru_2"]],
    [{ agent: "crm-sync", version: "2" }, []],
    [{ outcome: "success" }, ["ru_1", "ru_5"]],
    [{ outcome: "unknown" }, ["ru_3", "ru_4"]],
    [{ escalated: "1" }, ["ru_3"]],
    [{ intervened: "1" }, ["ru_4"]],
    [{ unreviewed: "1", errors: "1" }, ["ru_2"]],
    [{ record: "5498" }, ["ru_1", "ru_3"]],
    [{ record: "ticket:ZD-1" }, ["ru_3"]],
    [{ record: "order:ZD-1" }, []],
    [{ tool: "refund_create" }, ["ru_2"]],
    [{ error: "timeout order" }, ["ru_2"]],
    [{ error: "get 30" }, ["ru_2"]],
    [{ error: "refund" }, []],
    [{ error: "'; --" }, []],
    [{ since: "24h" }, ["ru_1", "ru_2", "ru_3", "ru_4"]],
    [{ from: "2026-11-21T11:56:30", to: "2026-11-21T11:58:30" }, ["ru_2", "ru_3"]],
  ])("%j", async (search, expected) => expect(await ids(search)).toEqual(expected));

  it("knows an unknown cost from none", async () => {
    const rows = (await listRuns(everything, {}, now)).rows;
    expect(rows.map((row) => row.costNanoUsd)).toEqual([79_000_000, null, null, null, null]);
    expect(rows[0]).toMatchObject({ tokens: 120, durationMs: 1_500, versionNumber: null });
    expect(rows[1]).toMatchObject({ versionNumber: 2, versionLabel: "1.4" });
  });

  it("walks down and up through runs that began in the same microsecond", async () => {
    const values = Array.from({ length: 7 }, (_, n) => `('same_${n}', 'swarm', 'same_${n}', false, 'shadow', '2026-11-20T00:00:00.123457Z', '2026-11-20T00:00:01Z', now(), now())`);
    await pool().query(`INSERT INTO run (id, agent_id, conversation_id, is_keyed_by_trace, stage, started_at, ended_at, received_at, updated_at) VALUES ${values.join(",")}`);
    const filter = readRunFilter({ agent: "swarm" });
    const seen: string[][] = [];
    let page = await listRuns(filter, {}, now, 3);
    expect(page.newer).toBeNull();
    for (;;) {
      seen.push(page.rows.map((row) => row.id));
      if (!page.older) break;
      page = await listRuns(filter, { older: page.older }, now, 3);
    }
    expect(seen).toEqual([["same_6", "same_5", "same_4"], ["same_3", "same_2", "same_1"], ["same_0"]]);
    const back = await listRuns(filter, { newer: page.newer }, now, 3);
    expect(back.rows.map((row) => row.id)).toEqual(["same_3", "same_2", "same_1"]);
    const top = await listRuns(filter, { newer: back.newer }, now, 3);
    expect([top.rows.map((row) => row.id), top.newer]).toEqual([["same_6", "same_5", "same_4"], null]);
  });

  it("counts what came since", async () => {
    const page = await listRuns(readRunFilter({ agent: "refund-bot" }), {}, now);
    expect(page.first && (await countNewerRuns(readRunFilter({ agent: "refund-bot" }), page.first, now))).toBe(0);
    expect(await countNewerRuns(readRunFilter({ agent: "refund-bot" }), { startedUs: minute(2).getTime() * 1_000, id: "ru_2" }, now)).toBe(1);
  });
});

describe("findRun", () => {
  it("tells what is known, with the card's escalation tools", async () => {
    expect(await findRun("ru_2")).toMatchObject({ versionNumber: 2, escalationTools: ["hand_over"], traceIds: [], outcome: "failure", errorSentence: "TimeoutError: order.get took 30 s" });
  });
  it("is null for none", async () => expect(await findRun("ru_none")).toBeNull());
});
