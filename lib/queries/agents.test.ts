import { beforeAll, describe, expect, it } from "vitest";
import { prisma } from "../database/database.ts";
import { agentCardSchema, emptyCard, type AgentCard } from "../domain/agent-card.ts";
import { AGENT_STATES } from "../domain/agent-state.ts";
import { missingFromCard } from "../domain/card-completeness.ts";
import type { ControlTier } from "../domain/authority-level.ts";
import { spanUntilNow } from "../domain/metric-span.ts";
import type { PersonActor } from "../domain/roles.ts";
import { followUpsDone } from "../follow-up.ts";
import { assignOwners, createAgent, editCard } from "../operations/agents.ts";
import { setOverride } from "../operations/overrides.ts";
import { systemActor } from "../operations/people.ts";
import { seedDefaults } from "../operations/seed-defaults.ts";
import { engageStop } from "../operations/stops.ts";
import { registerVersion, registrationSchema } from "../operations/versions.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { listOpenItems, listRecentChanges, listRecentRuns } from "./agent-activity.ts";
import { getAgentMetrics, getMonthSpend } from "./agent-metrics.ts";
import { findAgent, findAgentPulse, getFleetSummary, listAgents } from "./agents.ts";
import { getAuthority, listAuthorityHistory, listOverrides } from "./authority.ts";
import { cardIsComplete } from "./card-is-complete.ts";
import { getFleetNow } from "./fleet-now.ts";
import { countByTier, findTierAnswers, listRisk, readRiskCursor } from "./risk.ts";
import { findEditableChange, findVersion, listTools, listVersions } from "./versions.ts";

useDatabase();

const now = new Date("2026-11-21T02:30:00Z");
const HOUR = 3_600_000;
const hoursAgo = (hours: number): Date => new Date(now.getTime() - hours * HOUR);
const owner: PersonActor = { kind: "person", id: "pe_owner", name: "Ingrid Holm", roles: ["operator", "administrator", "on_call"], owns: {} };
const ownerOf = (agentId: string): PersonActor => ({ ...owner, owns: { [agentId]: ["business_owner", "technical_owner", "model_steward"] } });

const fullCard: AgentCard = agentCardSchema.parse({
  team: "Payments", purpose: "Pays refunds.", boundary: { may: ["a"], mustNever: ["b"], mustEscalateWhen: ["c"], doneMeans: ["d"] }, inputs: ["i"], tools: ["t"], dataSources: ["s"],
  escalationContact: "x", onCallRotation: "y", runbook: "z", monthlyBudget: { amountMinor: 100, currency: "EUR" }, pact: [{ metric: "success_rate", bound: "at_least", value: 0.9, windowDays: 7 }],
});

async function complete(agentId: string, tier: ControlTier): Promise<void> {
  await createAgent(systemActor, { agentId, card: fullCard }, hoursAgo(100));
  await assignOwners({ ...owner, owns: { [agentId]: ["business_owner"] } }, {
    agentId, owners: (["business_owner", "technical_owner", "model_steward"] as const).map((role) => ({ role, personId: owner.id, isDeputy: false, deputyUntil: null })),
  }, hoursAgo(99));
  await prisma().agent.update({ where: { id: agentId }, data: { tier, tierSetAt: hoursAgo(99), tierSetBy: owner.name } });
  await editCard(ownerOf(agentId), { agentId, card: fullCard }, hoursAgo(99));
}

const manifest = (effect: "read" | "write") => ({ label: "1.0", model: { name: "gpt-5.4" }, prompt: "Be brief.", tools: [{ name: "order.get", effect: "read" as const, inputSchema: {} }, { name: "refund.create", effect, inputSchema: {} }] });

async function rollup(agentId: string, versionId: string, hour: Date, figures: Partial<{ runs: number; successes: number; failures: number; escalated: number; cost: number; known: number; errors: number; calls: number }>): Promise<void> {
  const { runs = 10, successes = 8, failures = 2, escalated = 1, cost = 1_000, known = runs, errors = 1, calls = 20 } = figures;
  await prisma().rollup.create({
    data: {
      agentId, versionId, stage: "assisted", hour, runs, successes, failures, escalated, intervened: 0, unreviewed: 0, toolCalls: calls, consequentialCalls: 2, actionErrors: errors,
      inputTokens: 1_000, outputTokens: 100, costKnownRuns: known, costNanoUsd: cost, latency: { 300: runs },
    },
  });
}

beforeAll(async () => {
  await seedDefaults(now);
  await prisma().person.create({ data: { id: owner.id, email: "ingrid@example.com", name: owner.name, houseRoles: [], createdAt: now } });
  await createAgent(systemActor, { agentId: "bare-bot", card: { ...emptyCard, team: "Lab" } }, hoursAgo(50));
  await complete("refund-bot", 2);
  await complete("stopped-bot", 1);
  await engageStop(owner, { scope: "agent", target: "stopped-bot", reason: "test" }, hoursAgo(1));
  await followUpsDone();
  for (let number = 0; number < 60; number++) await createAgent(systemActor, { agentId: `filler-${String(number).padStart(2, "0")}`, card: { ...emptyCard, team: "Fill" } }, hoursAgo(10));
  await registerVersion(ownerOf("refund-bot"), registrationSchema.parse({ agentId: "refund-bot", manifest: manifest("write"), source: "console" }), hoursAgo(48));
});

describe("listAgents", () => {
  it("gives pages of forty in both directions without a gap", async () => {
    const first = await listAgents({}, {}, now);
    expect(first.rows).toHaveLength(40);
    expect(first).toMatchObject({ hasNext: true, hasPrevious: false });
    const second = await listAgents({}, { after: first.rows.at(-1)!.id }, now);
    expect(second).toMatchObject({ hasNext: false, hasPrevious: true });
    expect(new Set([...first.rows, ...second.rows].map((row) => row.id)).size).toBe(63);
    const back = await listAgents({}, { before: second.rows[0]!.id }, now);
    expect(back.rows.map((row) => row.id)).toEqual(first.rows.map((row) => row.id));
  });

  it.each([
    [{ q: "REFUND-" }, ["refund-bot"]], [{ q: "pays" }, ["refund-bot", "stopped-bot"]], [{ q: "100%_" }, []], [{ team: "Lab" }, ["bare-bot"]], [{ tier: "1" as const }, ["stopped-bot"]],
    [{ level: "stopped" as const }, ["stopped-bot"]], [{ status: "stopped" as const }, ["stopped-bot"]], [{ status: "capped" as const }, []], [{ status: "incomplete" as const, q: "-bot" }, ["bare-bot"]], [{ status: "normal" as const }, ["refund-bot"]],
  ])("filters by %j", async (filter, ids) => {
    expect((await listAgents(filter, {}, now)).rows.map((row) => row.id)).toEqual(ids);
  });

  it("shows every row in a state whose filter holds it, and counts the same", async () => {
    const summary = await getFleetSummary(now);
    expect(summary.total).toBe(63);
    expect(summary.teams).toEqual(["Fill", "Lab", "Payments"]);
    const rows = [...(await listAgents({}, {}, now)).rows, ...(await listAgents({ q: "-bot" }, {}, now)).rows];
    for (const state of AGENT_STATES) {
      const filtered = await listAgents({ status: state }, {}, now);
      expect(filtered.rows.length + (filtered.hasNext ? 1 : 0)).toBe(Math.min(41, summary.byState[state]));
      for (const row of rows.filter((each) => each.state === state)) expect((await listAgents({ status: state, q: row.id }, {}, now)).rows.map((each) => each.id)).toContain(row.id);
    }
  });

  it("sums seven days of rollups", async () => {
    await rollup("refund-bot", "", hoursAgo(30.5), { runs: 10, successes: 6, failures: 2, escalated: 2, cost: 900, known: 9 });
    await rollup("refund-bot", "", hoursAgo(200.5), { runs: 99 });
    const [row] = (await listAgents({ q: "refund-bot" }, {}, now)).rows;
    expect(row).toMatchObject({ runs: 10, successRate: 0.75, escalationRate: 0.2, costPerTaskNanoUsd: 100, openChanges: 1, openFindings: 0 });
  });
});

describe("an agent that is not reporting", () => {
  const seenAt = (lastSeenAt: Date | null) => prisma().agent.update({ where: { id: "refund-bot" }, data: { lastSeenAt } });
  const onNow = async () => (await getFleetNow(0, now)).teams.flatMap(({ agents }) => agents).find(({ id }) => id === "refund-bot")?.state;

  it("is called so on the page Now, in the list, in its filter and on its own page, and is normal again when it is heard", async () => {
    const { lastSeenAt } = await prisma().agent.findUniqueOrThrow({ where: { id: "refund-bot" } });
    const before = await findAgentPulse("refund-bot", now);
    await seenAt(hoursAgo(8 * 24));
    expect(await onNow()).toBe("not_reporting");
    expect((await listAgents({ status: "not_reporting" }, {}, now)).rows).toMatchObject([{ id: "refund-bot", state: "not_reporting" }]);
    expect((await getFleetSummary(now)).byState).toMatchObject({ not_reporting: 1, normal: 0 });
    expect(await findAgent("refund-bot", now)).toMatchObject({ state: "not_reporting", silence: { lastSeenAt: hoursAgo(8 * 24), rhythm: null } });
    expect(await findAgentPulse("refund-bot", now)).toMatchObject({ isNotReporting: true });
    // Without a rhythm a week is not too long, and who was never heard is new.
    for (const at of [hoursAgo(6 * 24), null]) {
      await seenAt(at);
      expect(await onNow()).not.toBe("not_reporting");
      expect(await findAgent("refund-bot", now)).toMatchObject({ state: "normal", silence: null });
      expect((await listAgents({ status: "not_reporting" }, {}, now)).rows).toEqual([]);
    }
    await seenAt(lastSeenAt);
    expect(await findAgentPulse("refund-bot", now)).toEqual(before);
  });
});

describe("cardIsComplete", () => {
  it("agrees with missingFromCard when any one part is absent", async () => {
    const parts: Partial<AgentCard>[] = [
      {}, { purpose: "" }, { inputs: [] }, { tools: [] }, { dataSources: [] }, { escalationContact: "" }, { onCallRotation: "" }, { runbook: "" }, { monthlyBudget: null }, { pact: [] }, { team: "" },
      ...(["may", "mustNever", "mustEscalateWhen", "doneMeans"] as const).map((list) => ({ boundary: { ...fullCard.boundary, [list]: [] } })),
    ];
    const named = { business_owner: { name: "I" }, technical_owner: { name: "I" }, model_steward: { name: "I" } };
    for (const part of parts) {
      const card = { ...fullCard, ...part };
      await prisma().agent.update({ where: { id: "stopped-bot" }, data: { card } });
      const [row] = await prisma().$queryRawUnsafe<{ complete: boolean }[]>(`SELECT ${cardIsComplete("a")} AS complete FROM agent a WHERE a.id = 'stopped-bot'`);
      expect(row?.complete, JSON.stringify(part)).toBe(missingFromCard(card, named, 1).length === 0);
    }
    await prisma().agent.update({ where: { id: "stopped-bot" }, data: { card: fullCard } });
  });
});

describe("findAgent", () => {
  it("carries the authority of the one source, and what the card lacks", async () => {
    const agent = (await findAgent("refund-bot", now))!;
    expect(agent.authority).toEqual(await getAuthority("refund-bot", now));
    expect(agent).toMatchObject({ tier: 2, missing: [], state: "normal", openFindings: 0, card: { team: "Payments" } });
    expect(agent.owners).toHaveLength(3);
    expect((await findAgent("bare-bot", now))!.missing.length).toBeGreaterThan(10);
    expect(await findAgent("nobody", now)).toBeNull();
    expect(await findAgentPulse("nobody", now)).toBeNull();
  });

  it("moves its pulse when the authority moves", async () => {
    const before = await findAgentPulse("refund-bot", now);
    await setOverride(ownerOf("refund-bot"), { agentId: "refund-bot", source: "override", level: "shadow", reason: "Looking at something odd.", expiresAt: new Date(now.getTime() + HOUR) }, now);
    expect(await findAgentPulse("refund-bot", now)).not.toEqual(before);
    const [override] = await listOverrides("refund-bot", now);
    expect(override).toMatchObject({ source: "override", level: "shadow", isInForce: true });
    expect((await listOverrides("refund-bot", new Date(now.getTime() + 2 * HOUR)))[0]?.isInForce).toBe(false);
    const history = await listAuthorityHistory("refund-bot");
    expect(history.at(-1)).toMatchObject({ binding: "card", level: "shadow" });
    expect(history[0]).toMatchObject({ binding: "stage", level: "shadow" });
    expect(history.map((step) => step.at.getTime())).toEqual(history.map((step) => step.at.getTime()).toSorted((a, b) => b - a));
  });
});

it("moves the pulse of an agent when its tier, its stage or an owner does, whether or not its authority moves with them", async () => {
  const before = await findAgentPulse("refund-bot", now);
  const { tier, stage } = await prisma().agent.findUniqueOrThrow({ where: { id: "refund-bot" } });
  const [owner] = await prisma().agentOwner.findMany({ where: { agentId: "refund-bot" }, take: 1 });
  const where = { agentId_role_personId: { agentId: "refund-bot", role: owner!.role, personId: owner!.personId } };
  await prisma().agent.update({ where: { id: "refund-bot" }, data: { tier: 1 } });
  expect(await findAgentPulse("refund-bot", now)).toEqual({ ...before, tier: 1 });
  await prisma().agent.update({ where: { id: "refund-bot" }, data: { tier, stage: "assisted" } });
  expect(await findAgentPulse("refund-bot", now)).toEqual({ ...before, stage: "assisted" });
  await prisma().agent.update({ where: { id: "refund-bot" }, data: { stage } });
  await prisma().agentOwner.update({ where, data: { isDeputy: true } });
  expect((await findAgentPulse("refund-bot", now))?.owners).not.toBe(before?.owners);
  await prisma().agentOwner.update({ where, data: { isDeputy: false } });
  expect(await findAgentPulse("refund-bot", now)).toEqual(before);
});

describe("actions that wait for a person", () => {
  it("are open items of their agent while they wait, and move its pulse", async () => {
    expect((await listOpenItems("refund-bot", now)).held).toBeNull();
    const before = await findAgentPulse("refund-bot", now);
    const first = await storeAction("refund-bot", { preparedAt: hoursAgo(0.2), expiresAt: hoursAgo(-0.1) });
    await storeAction("refund-bot", { preparedAt: hoursAgo(0.1), expiresAt: hoursAgo(-0.2) });
    await storeAction("refund-bot", { preparedAt: hoursAgo(2), expiresAt: hoursAgo(1) });
    await storeAction("stopped-bot", { preparedAt: hoursAgo(3), expiresAt: hoursAgo(-1) });
    expect((await listOpenItems("refund-bot", now)).held).toEqual({ count: 2, oldestAt: hoursAgo(0.2), firstEndsAt: hoursAgo(-0.1) });
    const waiting = await findAgentPulse("refund-bot", now);
    expect(waiting).not.toEqual(before);
    await prisma().action.update({ where: { id: first }, data: { state: "approved" } });
    expect((await listOpenItems("refund-bot", now)).held).toMatchObject({ count: 1, oldestAt: hoursAgo(0.1) });
    expect(await findAgentPulse("refund-bot", now)).not.toEqual(waiting);
    await prisma().action.deleteMany();
    expect(await findAgentPulse("refund-bot", now)).toEqual(before);
  });
});

describe("versions", () => {
  it("lists, reads and offers for editing what is in review", async () => {
    const { rows } = await listVersions("refund-bot", null, now);
    expect(rows).toMatchObject([{ number: 1, state: "in_review", label: "1.0", runsInWeek: 0 }]);
    expect((await listVersions("refund-bot", 1, now)).rows).toEqual([]);
    const version = (await findVersion("refund-bot", 1, now))!;
    expect(version.components.map((component) => component.kind).toSorted()).toEqual(["model", "prompt", "tool", "tool"]);
    expect(await findVersion("refund-bot", 2, now)).toBeNull();
    expect(await findVersion("refund-bot", 1.5, now)).toBeNull();
    expect(await listTools(version.id)).toMatchObject([{ name: "order.get", effect: "read" }, { name: "refund.create", effect: "write", canBeUndone: false }]);
    const editable = (await findEditableChange("refund-bot", version.changeId!))!;
    expect(editable.manifest.tools).toHaveLength(2);
    expect(await findEditableChange("bare-bot", version.changeId!)).toBeNull();
    expect(await listOpenItems("refund-bot", now)).toMatchObject({ changes: [{ id: version.changeId }], findings: [] });
    expect(await listRecentChanges("refund-bot")).toHaveLength(1);
    expect(await listRecentRuns("refund-bot")).toEqual([]);
  });
});

describe("getAgentMetrics", () => {
  it("puts hours into buckets, sums by version, and leaves gaps as gaps", async () => {
    const version = (await findVersion("refund-bot", 1, now))!;
    await rollup("refund-bot", version.id, hoursAgo(0.5), { runs: 4, successes: 4, failures: 0 });
    const metrics = await getAgentMetrics("refund-bot", spanUntilNow("7d", now));
    expect(metrics.series.success).toHaveLength(42);
    expect(metrics.series.success.at(-1)).toMatchObject({ value: 1 });
    expect(metrics.series.success.filter((point) => point.value !== null)).toHaveLength(2);
    expect(metrics.totals.runs).toBe(14);
    expect(metrics.versions.map((each) => [each.number, each.totals.runs])).toEqual([[1, 4], [null, 10]]);
    expect((await getAgentMetrics("refund-bot", spanUntilNow("24h", now))).totals.runs).toBe(4);
    expect((await getAgentMetrics("refund-bot", spanUntilNow("30d", now))).totals.runs).toBe(113);
    expect(await getMonthSpend("refund-bot", now)).toEqual({ nanoUsd: 2_900, unknownRuns: 1 });
  });
});

describe("risk", () => {
  it("puts first who has no owner, and goes on where the page ended", async () => {
    const first = await listRisk({}, null);
    expect(first.rows).toHaveLength(50);
    expect(first.rows[0]).toMatchObject({ id: "bare-bot", tier: null, owners: {} });
    const second = await listRisk({}, readRiskCursor(first.next!));
    expect(second.next).toBeNull();
    expect(second.rows.slice(-2).map((row) => row.id)).toEqual(["refund-bot", "stopped-bot"]);
    expect(new Set([...first.rows, ...second.rows].map((row) => row.id)).size).toBe(63);
    expect(second.rows.at(-1)).toMatchObject({ missing: [], owners: { business_owner: "Ingrid Holm" } });
  });

  it("counts by tier and by present level", async () => {
    const { tiers, teams } = await countByTier();
    expect(tiers.map(({ tier, agents }) => [tier, agents])).toEqual([[2, 1], [1, 1], [0, 0], [null, 61]]);
    expect(tiers[1]?.byLevel.stopped).toBe(1);
    expect(tiers[3]).toMatchObject({ unowned: 61, incomplete: 61 });
    expect(teams).toContain("Payments");
    expect((await listRisk({ needs: "unowned", tier: "1" }, null)).rows).toEqual([]);
    expect(await findTierAnswers("refund-bot")).toEqual({ answers: {}, openChangeId: null });
  });

  it.each([undefined, "", "x", "9", "1~", "1~A b", "~a"])("reads no cursor from %j", (text) => {
    expect(readRiskCursor(text)).toBeNull();
  });
});
