import { beforeAll, describe, expect, it } from "vitest";
import { pool, prisma } from "../database/database.ts";
import { agentCardSchema } from "../domain/agent-card.ts";
import type { HouseRole, OwnerRole, PersonActor } from "../domain/roles.ts";
import { createAgent } from "../operations/agents.ts";
import { systemActor } from "../operations/people.ts";
import { seedDefaults } from "../operations/seed-defaults.ts";
import { useDatabase } from "../testing/use-database.ts";
import { portfolioCsv } from "./portfolio-csv.ts";
import { periodOf } from "./portfolio-days.ts";
import { getPortfolio, portfolioScope, readPortfolioCursor, type PortfolioAgent } from "./portfolio.ts";

useDatabase();

/** A Saturday, ten days before the month ends less six hours. */
const now = new Date("2026-11-21T06:00:00Z");
const DAY = 86_400_000;
const USD = 1e9;
const asked = { scope: null, after: null };

function person(owns: readonly string[], roles: HouseRole[] = []): PersonActor {
  const all: OwnerRole[] = ["business_owner", "technical_owner", "model_steward"];
  return { kind: "person", id: "pe_owner", name: "Ingrid Holm", roles, owns: Object.fromEntries(owns.map((id) => [id, all])) };
}

async function agent(id: string, dollars: number | null, currency = "USD"): Promise<void> {
  const monthlyBudget = dollars === null ? null : { amountMinor: dollars * 100, currency };
  await createAgent(systemActor, { agentId: id, card: agentCardSchema.parse({ team: "Payments", monthlyBudget }) }, new Date(now.getTime() - 60 * DAY));
}

interface Sums { runs?: number; known?: number; dollars?: number; escalated?: number; calls?: number; errors?: number }

async function rollup(agentId: string, hour: string, { runs = 100, known = runs, dollars = 0, escalated = 0, calls = 100, errors = 0 }: Sums): Promise<void> {
  await prisma().rollup.create({
    data: {
      agentId, versionId: "", stage: "assisted", hour: new Date(hour), runs, successes: runs, failures: 0, escalated, intervened: 0, unreviewed: 0, toolCalls: calls, consequentialCalls: 0,
      actionErrors: errors, inputTokens: 0, outputTokens: 0, costKnownRuns: known, costNanoUsd: BigInt(dollars * USD), latency: {},
    },
  });
}

/** The same in every day of the month before today. */
async function everyDay(agentId: string, sums: Sums): Promise<void> {
  for (let day = 1; day <= 20; day++) await rollup(agentId, `2026-11-${String(day).padStart(2, "0")}T03:00:00Z`, sums);
}

async function change(id: string, agentId: string | null, fields: Partial<{ state: string; title: string; decidedAt: Date; by: string; expiresAt: Date }>): Promise<void> {
  const { state = "approved", title = id, decidedAt = new Date(now.getTime() - DAY), by, expiresAt = new Date(now.getTime() + DAY) } = fields;
  await prisma().change.create({
    data: {
      id, kind: "stage", agentId, proposal: {}, fingerprint: "sha256:aa", title, state, class: "material", facts: [], rules: [], obligations: [{ kind: "review", role: "business_owner", rule: "r" }], policyRevision: 1,
      authorIds: ["pe_author"], authorName: "Tomás Vega", proposedAt: new Date(now.getTime() - 2 * DAY), expiresAt, decidedAt: state === "open" ? null : decidedAt, decidedBy: by ?? "system:holdpoint",
      ...(by === undefined ? {} : { reviews: { create: { id: `re_${id}`, personId: "pe_x", personName: by, roles: ["business_owner"], decision: state === "approved" ? "approve" : "reject", fingerprint: "sha256:aa", at: decidedAt } } }),
    },
  });
}

const MINE = ["a-inside", "b-over", "c-euro", "d-reaches", "e-unknown", "f-new", "g-none"];

beforeAll(async () => {
  await seedDefaults(now);
  for (const [id, dollars, currency] of [["a-inside", 1_000], ["b-over", 100], ["c-euro", 1_000, "EUR"], ["d-reaches", 250], ["e-unknown", 500], ["f-new", 500], ["g-none", null], ["z-others", 10]] as const) {
    await agent(id, dollars, currency);
  }
  for (const id of ["a-inside", "b-over", "c-euro", "d-reaches", "g-none"]) await everyDay(id, { dollars: 10, escalated: 5, calls: 200, errors: 2 });
  await everyDay("e-unknown", { known: 0 });
  for (const day of [18, 19, 20]) await rollup("f-new", `2026-11-${day}T03:00:00Z`, { dollars: 10 });
  // The last 24 hours of one agent: far more escalations, the errors as ever.
  await rollup("a-inside", "2026-11-21T05:00:00Z", { dollars: 2, escalated: 60, calls: 200, errors: 2 });
  // The month before is in the weeks, and not in the month.
  await rollup("a-inside", "2026-10-30T12:00:00Z", { dollars: 50 });
  await change("ch_mine", "a-inside", { by: "Priya Nair", title: "=a formula, and a comma" });
  await change("ch_passed", "b-over", { decidedAt: new Date(now.getTime() - 2 * DAY) });
  await change("ch_rejected", "b-over", { state: "rejected", by: "Daniel Okafor", decidedAt: new Date(now.getTime() - 3 * DAY) });
  await change("ch_withdrawn", "a-inside", { state: "withdrawn" });
  await change("ch_old", "a-inside", { decidedAt: new Date(now.getTime() - 31 * DAY) });
  await change("ch_others", "z-others", { by: "Somebody" });
  await change("ch_house", null, { by: "Ingrid Holm", decidedAt: new Date(now.getTime() - 4 * DAY) });
  await change("ch_later", "a-inside", { state: "open", expiresAt: new Date(now.getTime() + 5 * DAY) });
  await change("ch_sooner", "b-over", { state: "open", expiresAt: new Date(now.getTime() + DAY) });
  await change("ch_not_mine", "z-others", { state: "open" });
});

describe("portfolioScope", () => {
  it.each([
    [person(["a-inside"]), null, "mine", false], [person(["a-inside"]), "all", "mine", false], [person([]), "all", "mine", false], [person([], ["viewer"]), "all", "mine", false],
    [person(["a-inside"], ["operator"]), null, "mine", true], [person(["a-inside"], ["operator"]), "all", "all", true], [person([], ["auditor"]), null, "all", true],
    [person([], ["administrator"]), "mine", "mine", true], [person([], ["administrator"]), "nonsense", "all", true],
  ] as const)("%#: shows whose agents", (actor, wanted, scope, canSeeAll) => {
    expect(portfolioScope(actor, wanted)).toEqual({ scope, canSeeAll });
  });
});

describe("periodOf", () => {
  it("has twelve Mondays, this week's last, and the calendar month", () => {
    const period = periodOf(now);
    expect(period).toMatchObject({ monthFrom: "2026-11-01T00:00:00.000Z", monthTo: "2026-12-01T00:00:00.000Z", daysLeft: 9.75 });
    expect(period.weeks).toHaveLength(12);
    expect([period.weeks[0], period.weeks[11]]).toEqual(["2026-08-31T00:00:00.000Z", "2026-11-16T00:00:00.000Z"]);
    expect(periodOf(new Date("2026-11-23T00:00:00Z")).weeks[11]).toBe("2026-11-23T00:00:00.000Z");
    expect(periodOf(new Date("2026-11-22T23:59:59Z")).weeks[11]).toBe("2026-11-16T00:00:00.000Z");
    expect(periodOf(new Date("2026-12-31T12:00:00Z"))).toMatchObject({ monthTo: "2027-01-01T00:00:00.000Z", daysLeft: 0.5 });
  });
});

describe("getPortfolio", () => {
  const byId = (agents: readonly PortfolioAgent[], id: string): PortfolioAgent => {
    const found = agents.find((each) => each.id === id);
    if (!found) throw new Error(`${id} is not in the portfolio`);
    return found;
  };

  it("lists the person's agents by days until the limit, the unknown last", async () => {
    const { agents, total, scope, next } = await getPortfolio(person(MINE), asked, now);
    expect({ total, scope, next }).toEqual({ total: 7, scope: "mine", next: null });
    expect(agents.map((each) => [each.id, each.limit.state, each.limit.why])).toEqual([
      ["b-over", "over", null], ["d-reaches", "reaches", null], ["a-inside", "inside", null], ["c-euro", "cannot_tell", "other_currency"], ["e-unknown", "cannot_tell", "cost_unknown"],
      ["f-new", "cannot_tell", "too_few_days"], ["g-none", "cannot_tell", "no_budget"],
    ]);
  });

  it("sums this month only, and forecasts from its whole days", async () => {
    const { agents } = await getPortfolio(person(MINE), asked, now);
    expect(byId(agents, "a-inside")).toMatchObject({
      spend: { nanoUsd: 202 * USD, runs: 2_100, costKnownRuns: 2_100 }, forecast: { kind: "range", expected: 299.5 * USD, perDay: 10 * USD, low: 299.5 * USD, high: 299.5 * USD },
    });
    expect(byId(agents, "d-reaches").limit.days).toBe(5);
    expect(byId(agents, "f-new").forecast).toEqual({ kind: "too_few_days", days: 3 });
    expect(byId(agents, "e-unknown")).toMatchObject({ spend: { nanoUsd: 0, runs: 2_000, costKnownRuns: 0 }, forecast: { kind: "too_few_days", days: 0 } });
  });

  it("judges the last 24 hours against the four weeks before them", async () => {
    const { agents } = await getPortfolio(person(MINE), asked, now);
    expect(byId(agents, "a-inside")).toMatchObject({ errors: "within its usual range", escalations: "special cause, worse" });
    expect(byId(agents, "b-over")).toMatchObject({ errors: "not enough data", escalations: "not enough data" });
  });

  it("shows at once what is added today, and what was added to a day long over within ten minutes", async () => {
    const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
    const spent = async (at: Date) => byId((await getPortfolio(person(["g-none"]), asked, at)).agents, "g-none").spend.nanoUsd / USD;
    expect(await spent(now)).toBe(200);
    await rollup("g-none", "2026-11-21T04:00:00Z", { dollars: 3 });
    expect(await spent(now)).toBe(203);
    await rollup("g-none", "2026-11-10T04:00:00Z", { dollars: 5 });
    expect(await spent(later(11))).toBe(208);
  });

  it("gives a task's cost by week, and never 0 for what is not known", async () => {
    const { agents } = await getPortfolio(person(MINE), asked, now);
    const weeks = (id: string) => byId(agents, id).weeks.map((week) => week.nanoUsdPerTask);
    // The weeks of 26 Oct (30 Oct and 1 Nov), 2, 9 and 16 Nov; before that there were no runs.
    expect(weeks("a-inside")).toEqual([...Array.from({ length: 8 }, () => null), 0.3 * USD, 0.1 * USD, 0.1 * USD, Math.round((52 * USD) / 600)]);
    expect(weeks("e-unknown")).toEqual(Array.from({ length: 12 }, () => null));
    expect(byId(agents, "e-unknown").weeks.at(-1)).toMatchObject({ runs: 500, costKnownRuns: 0 });
  });

  it("tells what was decided in thirty days for these agents and for everybody, and who did", async () => {
    const { changes, hasMoreChanges } = await getPortfolio(person(MINE), asked, now);
    expect(changes.map((each) => [each.id, each.state, each.by])).toEqual([
      ["ch_mine", "approved", ["Priya Nair"]], ["ch_passed", "approved", []], ["ch_rejected", "rejected", ["Daniel Okafor"]], ["ch_house", "approved", ["Ingrid Holm"]],
    ]);
    expect(hasMoreChanges).toBe(false);
  });

  it("shows the newest seven of what was decided, and says that there is more", async () => {
    for (let n = 1; n <= 8; n++) await change(`ch_h${n}`, "z-others", { decidedAt: new Date(now.getTime() - n * 60_000) });
    const { changes, hasMoreChanges } = await getPortfolio(person(["z-others"]), asked, now);
    expect(changes.map(({ id }) => id)).toEqual(["ch_h1", "ch_h2", "ch_h3", "ch_h4", "ch_h5", "ch_h6", "ch_h7"]);
    expect(hasMoreChanges).toBe(true);
  });

  it("tells what waits for this person, what is due first at the top", async () => {
    const { waiting } = await getPortfolio(person(MINE), asked, now);
    expect(waiting.map((each) => each.key)).toEqual(["ch_sooner", "ch_later"]);
    expect((await getPortfolio(person([], ["auditor"]), asked, now)).waiting).toEqual([]);
  });

  it("is empty for whoever owns nothing", async () => {
    expect(await getPortfolio(person([], ["viewer"]), { scope: "all", after: null }, now)).toMatchObject({ scope: "mine", canSeeAll: false, agents: [], total: 0, next: null, waiting: [] });
  });

  it("pages by fifty without a gap", async () => {
    for (let number = 0; number < 60; number++) await agent(`m-${String(number).padStart(2, "0")}`, 10);
    await prisma().agent.update({ where: { id: "m-59" }, data: { archivedAt: now } });
    const auditor = person([], ["auditor"]);
    const first = await getPortfolio(auditor, asked, now);
    expect(first).toMatchObject({ scope: "all", total: 67 });
    expect(first.agents).toHaveLength(50);
    const second = await getPortfolio(auditor, { scope: "all", after: first.next }, now);
    expect(second.next).toBeNull();
    expect(second.total).toBe(67);
    expect(new Set([...first.agents, ...second.agents].map((each) => each.id)).size).toBe(67);
  });

  it("asks the database as often for fifty agents as for one", async () => {
    const count = async (actor: PersonActor): Promise<number> => {
      const original = pool().query;
      let statements = 0;
      const counted = new Proxy(original, { apply: (target, self, parameters) => { statements += 1; return Reflect.apply(target, self, parameters) as unknown; } });
      pool().query = counted;
      try {
        await getPortfolio(actor, asked, now);
        return statements;
      } finally {
        pool().query = original;
      }
    };
    // What is over is remembered: both have been asked before.
    await count(person([], ["auditor"]));
    const one = await count(person(["a-inside"]));
    expect(one).toBeGreaterThan(1);
    expect(await count(person([], ["auditor"]))).toBe(one);
  });
});

describe("portfolioCsv", () => {
  it("writes the four tables, quoted and without a formula", async () => {
    const lines = portfolioCsv(await getPortfolio(person(MINE), asked, now)).split("\r\n");
    for (const question of ["Are my agents inside their limits?", "What changed?", "What is waiting for me?"]) expect(lines).toContain(question);
    expect(lines.find((line) => line.startsWith("ch_mine"))).toBe(`ch_mine,a-inside,"'=a formula, and a comma",Material,Approved,2026-11-20T06:00:00.000Z,Priya Nair`);
    expect(lines.find((line) => line.startsWith("a-inside,Payments"))).toMatch(/^a-inside,Payments,,shadow,Agent card,100000,USD,202,2100,2100,299\.5,299\.5,299\.5,Inside its budget,79\.8,,Only tells people,within its usual range,"special cause, worse"$/);
    // What a task costs is empty where it is not known.
    expect(lines.find((line) => line.startsWith("e-unknown,,"))).toBe(`e-unknown${",".repeat(12)}`);
    expect(lines.find((line) => line.startsWith("e-unknown,Payments"))).toContain(",USD,,2000,0,,,,Cannot tell,,too many runs have no known cost,");
  });
});

describe("readPortfolioCursor", () => {
  it.each([["refund-bot", "refund-bot"], ["", null], ["A", null], ["a'; --", null], [undefined, null], [null, null]])("reads %j as %j", (text, cursor) => {
    expect(readPortfolioCursor(text)).toBe(cursor);
  });
});
