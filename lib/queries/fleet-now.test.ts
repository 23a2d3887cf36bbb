import { beforeAll, expect, it } from "vitest";
import { pool, prisma } from "../database/database.ts";
import { emptyCard } from "../domain/agent-card.ts";
import type { PersonActor } from "../domain/roles.ts";
import { followUpsDone } from "../follow-up.ts";
import { createAgent } from "../operations/agents.ts";
import { systemActor } from "../operations/people.ts";
import { seedDefaults } from "../operations/seed-defaults.ts";
import { engageStop } from "../operations/stops.ts";
import { paths } from "../paths.ts";
import { useDatabase } from "../testing/use-database.ts";
import { getFleetNeeds } from "./fleet-needs.ts";
import { getFleetNow } from "./fleet-now.ts";

useDatabase();

const now = new Date("2026-11-21T12:30:00Z");
const HOUR = 3_600_000;
const ago = (ms: number): Date => new Date(now.getTime() - ms);
const ana: PersonActor = { kind: "person", id: "pe_ana", name: "Ana", roles: ["operator"], owns: {} };
const IDS = ["calm-bot", "halted-bot", "loose-bot", "quiet-bot", "tool-bot", "worse-bot"];

async function rollup(agentId: string, hour: Date, runs: number, escalated: number): Promise<void> {
  const none = { successes: 0, failures: 0, intervened: 0, unreviewed: 0, actionErrors: 0, inputTokens: 0, outputTokens: 0, toolCalls: 0, consequentialCalls: 0, latency: {} };
  await prisma().rollup.create({ data: { ...none, agentId, versionId: "", stage: "partial", hour, runs, escalated, costKnownRuns: runs, costNanoUsd: runs * 1_000 } });
}

async function run(agentId: string, startedAt: Date): Promise<void> {
  await prisma().run.create({ data: { id: `ru_${agentId}_${startedAt.getTime()}`, agentId, conversationId: String(startedAt.getTime()), isKeyedByTrace: false, stage: "partial", startedAt, endedAt: startedAt, receivedAt: startedAt, updatedAt: startedAt, toolNames: [] } });
}

const stop = (id: string, scope: string, target: string, proven = false) =>
  prisma().stop.create({ data: { id, scope, target, engagedBy: "Ana", engagedAt: ago(HOUR), provenAt: proven ? ago(HOUR - 210) : null, probeRefusedAt: proven ? ago(HOUR - 210) : null } });

const prove = (id: string, at: Date, isProven: boolean) => prisma().rehearsal.create({ data: { id, kind: "standing", scope: "agent", target: "probe", startedBy: "system", startedAt: at, endedAt: at, isProven, expected: 2, answered: 1, epoch: 1n, detail: { sentence: "gw eu-2 did not answer." } } });

beforeAll(async () => {
  await prove("re_0", ago(60_000), true);
  await seedDefaults(ago(40 * 24 * HOUR));
  for (const agentId of IDS) {
    await createAgent(systemActor, { agentId, card: { ...emptyCard, team: agentId === "calm-bot" ? "" : "Payments" } }, ago(40 * 24 * HOUR));
    await prisma().agent.update({ where: { id: agentId }, data: { lastSeenAt: ago(60_000), tier: agentId === "halted-bot" ? 2 : null } });
  }
  await stop("st_1", "agent", "halted-bot", true);
  await stop("st_2", "tool", "tool-bot/pay");
  await prisma().finding.createMany({ data: [1, 2].map((index) => ({ id: `fi_${index}`, agentId: "loose-bot", kind: "unreviewed_change", about: String(index), sentence: `Sentence ${index}.`, evidence: {}, openedAt: ago(index * HOUR), lastSeenAt: now })) });
  await prisma().agent.update({ where: { id: "quiet-bot" }, data: { lastSeenAt: ago(2 * HOUR) } });
  for (const minutes of [120, 121, 122, 130]) await run("quiet-bot", ago(minutes * 60_000));
  for (let day = 2; day <= 12; day++) await rollup("worse-bot", ago(day * 24 * HOUR), 100, 5);
  await rollup("worse-bot", ago(3 * HOUR), 100, 40);
});

it("names each agent that is not normal, the worst first, with its one step", async () => {
  const { needs, more, counts, sentence } = await getFleetNow(2, now);
  expect(needs.map(({ name, state, next }) => [name, state, next.href])).toEqual([
    ["halted-bot", "stopped", paths.stopOf("st_1")],
    ["loose-bot", "critical", paths.finding("fi_2")],
    ["quiet-bot", "not_reporting", paths.agent("quiet-bot")],
    ["tool-bot", "warning", paths.stopOf("st_2")],
    ["worse-bot", "warning", paths.agentMetrics("worse-bot")],
  ]);
  expect(needs[0]?.sentence).toBe("Stopped at the gate, no point connected.");
  expect(needs[1]?.sentence).toBe("Sentence 2. 1 more unreviewed change.");
  expect(needs[2]?.since).toBe(ago(2 * HOUR).toISOString());
  expect(needs[4]?.sentence).toBe("Above the usual range in the last 24 hours: escalations.");
  expect(more).toBe(0);
  expect(counts).toEqual({ stopped: 1, critical: 1, warning: 2, notReporting: 1, waiting: 2 });
  expect(sentence).toMatch(/^1 of 6 agents are normal\. 5 need you: halted-bot is stopped at the gate.* 2 decisions wait for you\.$/);
});

it("puts every agent under its team with its state, the highest tier first", async () => {
  const { teams, agents } = await getFleetNow(0, now);
  expect(teams.map((team) => [team.name, team.agents.length])).toEqual([["Payments", 5], ["No team", 1]]);
  expect(teams[0]?.agents[0]).toEqual({ id: "halted-bot", tier: 2, state: "stopped", word: "Stopped at the gate" });
  expect(teams[1]?.agents[0]).toEqual({ id: "calm-bot", tier: 0, state: "normal" });
  expect(agents).toBe(6);
});

it("counts the last 24 hours from rollups and the log", async () => {
  const { stopId } = await engageStop(ana, { scope: "agent", target: "calm-bot", reason: null }, now);
  expect((await getFleetNow(0, now)).day).toMatchObject({ runs: 100, costNanoUsd: 100_000, costUnknownRuns: 0, stopsEngaged: 1, stopsReleased: 0 });
  await prisma().stop.delete({ where: { id: stopId } });
});

it("takes as many statements for many agents as for few", async () => {
  const statements = async (): Promise<number> => {
    const client = pool();
    const query = client.query.bind(client);
    let count = 0;
    const counted = (...parameters: Parameters<typeof query>) => {
      count += 1;
      return query(...parameters);
    };
    Object.assign(client, { query: counted });
    await getFleetNow(0, now).finally(() => Object.assign(client, { query }));
    return count;
  };
  // What the stop before has left to do asks on the same pool.
  await followUpsDone();
  const before = await statements();
  for (const index of [1, 2, 3]) await createAgent(systemActor, { agentId: `more-${index}`, card: emptyCard }, now);
  expect(await statements()).toBe(before);
});

it.each([["stopped", ["halted-bot"]], ["critical", ["loose-bot"]], ["not_reporting", ["quiet-bot"]], ["warning", ["tool-bot", "worse-bot"]], [null, ["halted-bot", "loose-bot", "quiet-bot", "tool-bot", "worse-bot"]]] as const)(
  "lists exactly the agents that a counter counts: %s", async (state, expected) => {
    const { needs, counts, page, pages } = await getFleetNeeds({ state, page: 9 }, now);
    expect(needs.map(({ name }) => name)).toEqual(expected);
    expect(counts[state ?? "all"]).toBe(expected.length);
    expect([page, pages]).toEqual([1, 1]);
  });

it("never says stopped of a stop that is not proven: a point that may still act makes it critical, before all else", async () => {
  await prisma().enforcementPoint.create({ data: { id: "pt_deaf", agentId: "halted-bot", name: "deaf-1", kind: "sdk", firstHeardAt: ago(HOUR), lastHeardAt: now, leaseUntil: ago(HOUR) } });
  const { needs, counts, sentence, teams } = await getFleetNow(0, now);
  expect(needs[0]).toMatchObject({ name: "halted-bot", state: "critical", word: "Stop not proven", sentence: "Stop not proven, 0 of 1 confirmed.", next: { href: paths.stopOf("st_1") } });
  expect([counts.stopped, counts.critical]).toEqual([0, 2]);
  expect(sentence).toMatch(/5 need you: halted-bot has a stop that is not proven, /);
  expect(JSON.stringify([needs[0], teams[0]?.agents[0]])).not.toMatch(/"Stopped/);
  expect((await getFleetNeeds({ state: "critical", page: 1 }, now)).needs.map(({ name }) => name)).toEqual(["halted-bot", "loose-bot"]);
  await prisma().enforcementPoint.delete({ where: { id: "pt_deaf" } });
});

it("a stop path that failed its last proof is critical, one that was never proven or is not any more a warning, and after an hour critical, in sentence, counters and lists", async () => {
  await prisma().rehearsal.deleteMany();
  const never = await getFleetNow(0, now);
  expect([never.counts.warning, never.sentence.startsWith("The stop path was never proven. "), never.needs[0]]).toEqual([3, true, expect.objectContaining({ name: "Stop path", state: "warning", next: { label: "Look at the path", href: paths.stops() } })]);
  await prove("re_0", ago(2 * HOUR), true);
  expect([(await getFleetNow(0, now)).counts.critical, (await getFleetNow(0, now)).needs[0]]).toEqual([2, expect.objectContaining({ name: "Stop path", state: "critical" })]);
  await prove("re_1", ago(200_000), true);
  const stale = await getFleetNow(0, now);
  expect([stale.counts.warning, stale.sentence.startsWith("The stop path is not being proven. "), stale.needs[0]]).toEqual([3, true, expect.objectContaining({ name: "Stop path", state: "warning" })]);
  await prove("re_2", ago(20_000), false);
  const failed = await getFleetNow(0, now);
  expect(failed.sentence).toMatch(/^The stop path failed its last proof\. 4 of 9 agents are normal/);
  expect(failed.counts).toMatchObject({ critical: 2, warning: 2 });
  expect(failed.needs[0]).toMatchObject({ name: "Stop path", href: paths.stops(), state: "critical", word: "Critical", sentence: "The stop path failed its last proof. gw eu-2 did not answer. Tried 20 s ago, 1 of 2 points." });
  const { needs, counts } = await getFleetNeeds({ state: "critical", page: 1 }, now);
  expect([needs.map(({ name }) => name), counts.critical, counts.all]).toEqual([["Stop path", "loose-bot"], 2, 6]);
  await prove("re_3", now, true);
  expect((await getFleetNow(0, now)).counts).toMatchObject({ critical: 1, warning: 2 });
});

it("names overrides that end within a day, and no other", async () => {
  const made = { agentId: "calm-bot", source: "stage", level: "partial", reason: "For the spec.", createdBy: "Ana", createdAt: ago(HOUR) };
  const override = (id: string, endsIn: number, revokedAt: Date | null = null) => prisma().override.create({ data: { ...made, id, expiresAt: new Date(now.getTime() + endsIn), revokedAt } });
  await Promise.all([override("ov_soon", 3 * HOUR), override("ov_sooner", HOUR), override("ov_later", 25 * HOUR), override("ov_over", -1), override("ov_revoked", HOUR, ago(HOUR))]);
  const { ending } = await getFleetNow(0, now);
  expect(ending.count).toBe(2);
  expect(ending.overrides.map(({ id }) => id)).toEqual(["ov_sooner", "ov_soon"]);
  expect(ending.overrides[0]).toEqual({ id: "ov_sooner", agentId: "calm-bot", source: "stage", level: "partial", endsAt: new Date(now.getTime() + HOUR).toISOString() });
});

it("a fleet without agents is not calm", async () => {
  await prisma().agent.updateMany({ data: { archivedAt: now } });
  expect((await getFleetNow(0, now)).sentence).toBe("There are no agents yet.");
});
