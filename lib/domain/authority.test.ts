import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AUTHORITY_LEVELS, AUTONOMY_STAGES, CONTROL_TIERS, isBelow, rankOfLevel, type AuthorityLevel } from "./authority-level.ts";
import { computeAuthority, CONSTRAINT_SOURCES, type AuthorityFacts, type OverrideFact, type StopFact } from "./authority.ts";
import { revocationLoosens } from "./revocation.ts";

const at = (day: number): Date => new Date(Date.UTC(2026, 0, day));
const now = at(20);

const free: AuthorityFacts = {
  tier: { tier: 2, since: at(1), setBy: "Bea" },
  stage: { stage: "bounded", since: at(1), versionNumber: 3 },
  openChanges: [],
  unreviewedChanges: [],
  cardMissing: [],
  cardSince: at(1),
  stops: [],
  overrides: [],
};
const change = (cap: AuthorityLevel | null, id = "c1") =>
  ({ id, class: "critical", title: "Refund tool widened", proposedAt: at(5), expiresAt: at(25), cap }) as const;
const finding = (cap: AuthorityLevel, id = "f1") => ({ findingId: id, sentence: "The prompt is not the approved one", openedAt: at(6), cap });
const stop = (scope: StopFact["scope"], target = ""): StopFact => ({ id: `s-${scope}`, scope, target, engagedAt: at(7), engagedBy: "Olga", reason: "refund loop" });
const override = (source: OverrideFact["source"], level: AuthorityLevel, more: Partial<OverrideFact> = {}): OverrideFact => ({
  id: "o1", source, level, reason: "peak season", by: "Bea", createdAt: at(10), expiresAt: at(30), revokedAt: null, ...more,
});

describe("the level and what binds", () => {
  const never = new Date(Number.NaN);
  test.each<[string, Partial<AuthorityFacts>, AuthorityLevel, string]>([
    ["nothing in the way", {}, "bounded", "stage"],
    ["tier 0", { tier: { ...free.tier, tier: 0 } }, "shadow", "tier"],
    ["tier 1", { tier: { ...free.tier, tier: 1 } }, "assisted", "tier"],
    ["no tier", { tier: { tier: null, since: null, setBy: null } }, "shadow", "tier"],
    ["a tier that does not exist", { tier: { ...free.tier, tier: 7 as 2 } }, "shadow", "tier"],
    ["no current version", { stage: { stage: null, since: null, versionNumber: null } }, "shadow", "stage"],
    ["a stage that does not exist", { stage: { ...free.stage, stage: "root" as "bounded" } }, "shadow", "stage"],
    ["an incomplete card", { cardMissing: ["the runbook"] }, "shadow", "card"],
    ["a critical change", { openChanges: [change("assisted")] }, "assisted", "open_change"],
    ["a change that leaves the running version alone", { openChanges: [change(null)] }, "bounded", "stage"],
    ["an unreviewed change", { unreviewedChanges: [finding("shadow")] }, "shadow", "unreviewed_change"],
    ["a cap that is not understood", { openChanges: [change("everything" as "bounded")] }, "shadow", "open_change"],
    ["the fleet is stopped", { stops: [stop("fleet")] }, "stopped", "kill_switch"],
    ["one tool is stopped", { stops: [stop("tool", "refunds/pay")] }, "bounded", "stage"],
    ["a stop whose scope is not understood", { stops: [stop("planet" as "fleet")] }, "stopped", "kill_switch"],
    ["an override raises", { openChanges: [change("assisted")], overrides: [override("open_change", "partial")] }, "partial", "open_change"],
    ["an override lowers", { overrides: [override("stage", "assisted")] }, "assisted", "stage"],
    ["the lower of two overrides counts",
      { unreviewedChanges: [finding("shadow")], overrides: [override("unreviewed_change", "bounded"), override("unreviewed_change", "assisted", { id: "o2" })] },
      "assisted", "unreviewed_change"],
    ["an override of another constraint changes nothing", { cardMissing: ["the runbook"], overrides: [override("stage", "bounded")] }, "shadow", "card"],
    ["an override does not lift the tier", { tier: { ...free.tier, tier: 1 }, overrides: [override("tier", "bounded")] }, "assisted", "tier"],
    ["an override does not lift a kill switch", { stops: [stop("agent")], overrides: [override("kill_switch", "bounded")] }, "stopped", "kill_switch"],
    ["an expired override", { cardMissing: ["x"], overrides: [override("card", "bounded", { expiresAt: now })] }, "shadow", "card"],
    ["a revoked override", { cardMissing: ["x"], overrides: [override("card", "bounded", { revokedAt: at(11) })] }, "shadow", "card"],
    ["an override without a readable end raises nothing", { cardMissing: ["x"], overrides: [override("card", "bounded", { expiresAt: never })] }, "shadow", "card"],
    ["an override without a readable end still lowers", { overrides: [override("stage", "shadow", { expiresAt: never })] }, "shadow", "stage"],
    ["an override to a level that does not exist", { cardMissing: ["x"], overrides: [override("card", "root" as "bounded")] }, "shadow", "card"],
    ["an override does not raise a finding made after it", { unreviewedChanges: [{ ...finding("shadow"), openedAt: at(12) }], overrides: [override("unreviewed_change", "bounded")] }, "shadow", "unreviewed_change"],
    ["an override does not undo a stage lowered after it", { stage: { ...free.stage, stage: "shadow", since: at(12) }, overrides: [override("stage", "bounded")] }, "shadow", "stage"],
    ["an override is no cap once its constraint is gone", { overrides: [override("open_change", "assisted")] }, "bounded", "stage"],
    ["a limit of its own", { overrides: [override("override", "shadow")] }, "shadow", "override"],
    ["an override whose constraint is not understood can only lower", { overrides: [override("mood" as "tier", "assisted")] }, "assisted", "override"],
  ])("%s", (_, facts, level, source) => {
    const authority = computeAuthority({ ...free, ...facts }, now);
    expect([authority.level, authority.binding.source]).toEqual([level, source]);
    expect(authority.constraints[0]).toBe(authority.binding);
  });

  test("all constraints are listed, those without a limit last", () => {
    const authority = computeAuthority({ ...free, openChanges: [change("assisted")], tier: { ...free.tier, tier: 1 } }, now);
    expect(authority.constraints.map(({ source, level }) => [source, level])).toEqual([
      ["open_change", "assisted"], ["tier", "assisted"], ["stage", "bounded"], ["kill_switch", null], ["unreviewed_change", null], ["card", null],
    ]);
  });

  test("an override says from where, by whom and until when, never beyond the tier", () => {
    const authority = computeAuthority(
      { ...free, tier: { ...free.tier, tier: 1 }, openChanges: [change("shadow")], overrides: [override("open_change", "bounded")] }, now);
    const overridden = authority.constraints.find(({ source }) => source === "open_change");
    expect(overridden).toMatchObject({
      level: "assisted", until: at(25), evidence: { kind: "change", id: "c1" },
      overriddenBy: { id: "o1", from: "shadow", level: "assisted", by: "Bea", until: at(30), reason: "peak season" },
    });
  });

  test("a stopped tool is named and leaves the level alone", () => {
    expect(computeAuthority({ ...free, stops: [stop("tool", "refunds/pay/now")] }, now).stoppedTools).toEqual([
      { tool: "pay/now", stopId: "s-tool", engagedAt: at(7), engagedBy: "Olga", reason: "refund loop" },
    ]);
  });

  test("reasons are sentences for people", () => {
    const facts = { ...free, stops: [stop("fleet"), { ...stop("agent"), reason: null }], cardMissing: ["the runbook", "the budget"], openChanges: [change("assisted")] };
    const reasons = computeAuthority(facts, now).constraints.map(({ reason }) => reason);
    expect(reasons).toEqual([
      "A stop of this agent was engaged by Olga; no reason is given yet.",
      "A stop of the whole fleet was engaged by Olga: refund loop.",
      "The card is incomplete. Missing: the runbook, the budget.",
      "A critical change is open: Refund tool widened.",
      "Version 3 stands at the stage bounded.",
      "Tier 2: the agent acts within its limits, set by Bea.",
      "Live traffic shows only what was reviewed.",
    ]);
  });
});

const level = fc.constantFrom(...AUTHORITY_LEVELS);
const date = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 40 }).map(at) }, { weight: 1, arbitrary: fc.constant(new Date(Number.NaN)) });
const id = fc.uuid();
const overrideFact = fc.record({
  id, source: fc.constantFrom(...CONSTRAINT_SOURCES), level, reason: fc.constant("why"), by: fc.constant("Bea"),
  createdAt: date, expiresAt: date, revokedAt: fc.option(date),
});
const stopFact = fc.record({
  id, scope: fc.constantFrom("fleet", "tier", "agent", "version", "tool"), target: fc.constant("refunds/pay"),
  engagedAt: date, engagedBy: fc.constant("Olga"), reason: fc.option(fc.constant("why")),
});
const facts: fc.Arbitrary<AuthorityFacts> = fc.record({
  tier: fc.record({ tier: fc.option(fc.constantFrom(...CONTROL_TIERS)), since: fc.option(date), setBy: fc.option(fc.constant("Bea")) }),
  stage: fc.record({ stage: fc.option(fc.constantFrom(...AUTONOMY_STAGES)), since: fc.option(date), versionNumber: fc.option(fc.nat(9)) }),
  openChanges: fc.array(
    fc.record({ id, class: fc.constantFrom("harmless", "material", "critical"), title: fc.constant("t"), proposedAt: date, expiresAt: date, cap: fc.option(level) }),
    { maxLength: 3 },
  ),
  unreviewedChanges: fc.array(fc.record({ findingId: id, sentence: fc.constant("s"), openedAt: date, cap: level }), { maxLength: 3 }),
  cardMissing: fc.array(fc.constant("the runbook"), { maxLength: 1 }),
  cardSince: fc.option(date),
  stops: fc.array(stopFact, { maxLength: 2 }),
  overrides: fc.array(overrideFact, { maxLength: 4 }),
});

describe("always", () => {
  const tierLevels = ["shadow", "assisted", "bounded"] as const;

  test("authority is never above the tier", () => {
    fc.assert(fc.property(facts, (some) => {
      const cap = some.tier.tier === null ? "shadow" : tierLevels[some.tier.tier];
      expect(isBelow(cap, computeAuthority(some, now).level)).toBe(false);
    }));
  });

  test("a stop stops, whatever else is true, and no override lifts it", () => {
    fc.assert(fc.property(facts, stopFact, fc.array(overrideFact), (some, stopped, more) => {
      fc.pre(stopped.scope !== "tool");
      const authority = computeAuthority({ ...some, stops: [...some.stops, stopped], overrides: [...some.overrides, ...more] }, now);
      expect(authority.level).toBe("stopped");
    }));
  });

  test("taking a constraint away never lowers", () => {
    fc.assert(fc.property(facts, fc.nat(), (some, pick) => {
      const without = (list: readonly unknown[]) => list.filter((_, index) => index !== pick % Math.max(1, list.length));
      const before = rankOfLevel(computeAuthority(some, now).level);
      const fewer: AuthorityFacts[] = [
        { ...some, openChanges: without(some.openChanges) as typeof some.openChanges },
        { ...some, unreviewedChanges: without(some.unreviewedChanges) as typeof some.unreviewedChanges },
        { ...some, stops: without(some.stops) as typeof some.stops },
        { ...some, cardMissing: [] },
      ];
      for (const other of fewer) expect(rankOfLevel(computeAuthority(other, now).level)).toBeGreaterThanOrEqual(before);
    }));
  });

  test("without overrides it is the minimum of the levels", () => {
    fc.assert(fc.property(facts, (some) => {
      const authority = computeAuthority({ ...some, overrides: [] }, now);
      const ranks = authority.constraints.flatMap((constraint) => (constraint.level === null ? [] : [rankOfLevel(constraint.level)]));
      expect(rankOfLevel(authority.level)).toBe(Math.min(...ranks));
      expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
    }));
  });

  test("an override that is over is as good as none", () => {
    fc.assert(fc.property(facts, overrideFact, (some, over) => {
      const more = { ...some, overrides: [...some.overrides, { ...over, expiresAt: at(19) }, { ...over, revokedAt: at(2) }] };
      expect(computeAuthority(more, now)).toEqual(computeAuthority(some, now));
    }));
  });

  test("what gains by the end of an override is known beforehand", () => {
    fc.assert(fc.property(facts, fc.nat(), (some, pick) => {
      const overrides = some.overrides.map((each, index) => ({ ...each, id: `o${index}` }));
      const revoked = overrides[pick % Math.max(1, overrides.length)];
      fc.pre(revoked !== undefined);
      const before = computeAuthority({ ...some, overrides }, now);
      const after = computeAuthority({ ...some, overrides: overrides.filter((each) => each !== revoked) }, now);
      if (isBelow(before.level, after.level)) expect(revocationLoosens(before, revoked?.id ?? "")).toBe(true);
    }));
    const raised = computeAuthority({ ...free, openChanges: [change("assisted")], overrides: [override("open_change", "partial")] }, now);
    expect(revocationLoosens(raised, "o1")).toBe(false);
  });

  test("the order of facts does not matter", () => {
    fc.assert(fc.property(facts, (some) => {
      const turned: AuthorityFacts = {
        ...some,
        openChanges: some.openChanges.toReversed(),
        unreviewedChanges: some.unreviewedChanges.toReversed(),
        stops: some.stops.toReversed(),
        overrides: some.overrides.toReversed(),
      };
      expect(computeAuthority(turned, now)).toEqual(computeAuthority(some, now));
    }));
  });
});
