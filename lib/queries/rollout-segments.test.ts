import fc from "fast-check";
import { expect, test } from "vitest";
import { pool, prisma } from "../database/database.ts";
import { countSegments, readSegmentTallies } from "../database/segment-tallies.ts";
import { MOST_KEPT, type SegmentTally } from "../domain/segment-tally.ts";
import { judgeSegments, worstFirst } from "../domain/segment-verdict.ts";
import { judgeRollouts } from "../operations/judge-rollouts.ts";
import { doTasks, makeTriedAgent, ofBothArms, shortStage, startTried, type DoneTask, type TriedAgent } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { readRollout } from "./rollout-detail.ts";
import { readRolloutSegments } from "./rollout-segments.ts";

useDatabase();

const start = new Date("2026-11-20T08:00:00Z");
const later = (minutes: number): Date => new Date(start.getTime() + minutes * 60_000);

/** Both versions act alike, so every metric is compared. */
async function started(changes: Parameters<typeof startTried>[1] = {}): Promise<TriedAgent> {
  const agent = await makeTriedAgent({ stage: "assisted" });
  await startTried(agent, { onWorse: "hold", stages: [shortStage("assisted")], ...changes }, start);
  return agent;
}

const detailOf = async ({ rolloutId }: TriedAgent) => {
  const detail = await readRollout(rolloutId);
  if (!detail) throw new Error("there is no rollout");
  return detail;
};

const segmentsOf = async (agent: TriedAgent) => readRolloutSegments(await detailOf(agent));

const task: fc.Arbitrary<Partial<DoneTask>> = fc.record({
  arm: fc.constantFrom("current", "candidate"), outcome: fc.constantFrom("success", "failure", null), isEscalated: fc.boolean(), actionErrors: fc.constantFrom(0, 0, 2), receivedBeforeMs: fc.constantFrom(0, 0, 0, 5_000),
  segments: fc.dictionary(fc.constantFrom("tier", "country", '"; DROP'), fc.constantFrom("gold", "free", "Ærlig", "")),
});
const inShadow: fc.Arbitrary<Partial<DoneTask>> = fc.record({ arm: fc.constant("current"), outcome: fc.constantFrom("success", "failure"), segments: fc.constant({ tier: "gold", kind: "shadow" }), shadow: fc.record({ actionErrors: fc.constantFrom(0, 1) }) });

interface Row { name: string; value: string; metric: string; arm: string; known: number; events: number }

/** From every task, in one statement that knows nothing of what is kept. */
async function plainly({ rolloutId }: TriedAgent): Promise<Row[]> {
  const { rows } = await pool().query<Row>(
    `WITH outcome AS (
       SELECT arm, "values" AS figures, segments FROM assignment WHERE rollout_id = $1 AND judged_at IS NOT NULL AND exclusion IS NULL
       UNION ALL
       SELECT 'candidate', shadow_values, segments FROM assignment WHERE rollout_id = $1 AND judged_at IS NOT NULL AND exclusion IS NULL AND shadow_values IS NOT NULL
     ), part AS (
       SELECT arm, figures, part.key AS name, part.value #>> '{}' AS value FROM outcome, jsonb_each(segments) part
     ), size AS (
       SELECT name, value, count(*) AS tasks FROM part GROUP BY 1, 2
     )
     SELECT p.name, p.value, one.key AS metric, p.arm, count(*)::int AS known, sum((one.value #>> '{}')::float8)::float8 AS events
     FROM part p JOIN size s USING (name, value), jsonb_each(p.figures) one
     WHERE jsonb_typeof(one.value) = 'number' AND one.key NOT IN ('latency', 'cost') GROUP BY 1, 2, 3, 4, s.tasks ORDER BY s.tasks DESC, p.name COLLATE "C", p.value COLLATE "C", 3, 4`,
    [rolloutId],
  );
  return rows;
}

const inRows = (segments: Awaited<ReturnType<typeof segmentsOf>>) => segments.flatMap(({ name, value, metrics }) =>
  metrics.filter(({ above }) => above === undefined).toSorted((a, b) => (a.metric < b.metric ? -1 : 1)).flatMap(({ metric, strata: _strata, ...arms }) =>
    (["candidate", "current"] as const).flatMap((arm) => (arms[arm].known === 0 ? [] : [{ name, value, metric, arm, ...arms[arm] }]))));

const rowsKept = (agent: TriedAgent) => prisma().rolloutSegment.count({ where: { rolloutId: agent.rolloutId } });

test("are what every task together says, batch by batch", async () => {
  const agent = await started();
  const batches = [...fc.sample(fc.array(task, { minLength: 20, maxLength: 60 }), { numRuns: 3, seed: 11 }), ...fc.sample(fc.array(inShadow, { minLength: 10, maxLength: 20 }), { numRuns: 1, seed: 12 })];
  for (const [index, tasks] of batches.entries()) {
    await doTasks(agent, tasks, later(10 * index + 1));
    await judgeRollouts(later(10 * index + 5));
    const expected = await plainly(agent);
    expect(expected.length).toBeGreaterThan(10);
    expect(inRows(await segmentsOf(agent))).toEqual(expected);
  }
  expect(await rowsKept(agent)).toBeGreaterThan(10);
  expect((await plainly(agent)).some(({ name }) => name === "kind")).toBe(true);
  const [kept, counted] = await bothWays(agent);
  expect(counted.toSorted(bySegment)).toEqual(kept.toSorted(bySegment));
});

test("are counted once of what was judged before they were kept, and from every task where that was all", async () => {
  const agent = await started();
  await doTasks(agent, ofBothArms(5, { candidate: { segments: { tier: "gold" } } }), later(1));
  await judgeRollouts(later(2));
  await prisma().rolloutSegment.deleteMany({ where: { rolloutId: agent.rolloutId } });
  expect(inRows(await segmentsOf(agent))).toEqual(await plainly(agent));
  for (const minutes of [3, 5]) {
    await doTasks(agent, ofBothArms(3, { candidate: { segments: { tier: "gold" }, outcome: "failure" } }), later(minutes));
    await judgeRollouts(later(minutes + 1));
    expect(inRows(await segmentsOf(agent))).toEqual(await plainly(agent));
  }
  expect((await plainly(agent)).find(({ name, metric }) => name === "tier" && metric === "success")).toMatchObject({ known: 11, events: 5 });
});

test("count each outcome once, however late it comes, whoever judges, and also when the judge has to learn anew", async () => {
  const agent = await started();
  const tasks = await doTasks(agent, [...ofBothArms(10), ...ofBothArms(6, { current: { outcome: null }, candidate: { outcome: null, segments: { tier: "late" } } })], later(1));
  await Promise.all(Array.from({ length: 4 }, () => judgeRollouts(later(2))));
  const early = await plainly(agent);
  expect(inRows(await segmentsOf(agent))).toEqual(early);
  expect(early.some(({ value }) => value === "late")).toBe(false);
  await prisma().run.updateMany({ where: { agentId: agent.id, conversationId: { in: tasks }, outcome: null }, data: { outcome: "failure", outcomeSource: "reported", outcomeAt: later(30) } });
  await prisma().rollout.update({ where: { id: agent.rolloutId }, data: { judgeState: { version: 0 } } });
  await Promise.all(Array.from({ length: 4 }, () => judgeRollouts(later(31))));
  const late = await plainly(agent);
  expect(late.find(({ value, metric }) => value === "late" && metric === "success")).toMatchObject({ known: 6, events: 0 });
  expect(inRows(await segmentsOf(agent))).toEqual(late);
  // A forbidden act that is told of only now changes no rate.
  await prisma().run.updateMany({ where: { agentId: agent.id, versionId: agent.candidateId }, data: { hasEscapedViolation: true } });
  await judgeRollouts(later(32));
  expect(inRows(await segmentsOf(agent))).toEqual(late);
  await prisma().rolloutSegment.deleteMany({ where: { rolloutId: agent.rolloutId } });
  expect(inRows(await segmentsOf(agent))).toEqual(late);
});

const bySegment = (a: SegmentTally, b: SegmentTally): number => (JSON.stringify(a.segment) < JSON.stringify(b.segment) ? -1 : 1);

/** As kept and as counted anew, in the order in which they came. */
async function bothWays(agent: TriedAgent) {
  const ask = async (sql: string, values: unknown[]): Promise<unknown> => (await pool().query(sql, values)).rows;
  const { id: rolloutId, plan, amountMarks: marks } = await detailOf(agent);
  return [[...((await readSegmentTallies(ask, rolloutId)) ?? []).values()], [...(await countSegments(ask, { rolloutId, plan, marks })).values()]] as const;
}

test("are counted from every task as they were while it was judged, also when there are more values than are kept apart", async () => {
  const agent = await started();
  await doTasks(agent, Array.from({ length: 2_300 }, (_, index): Partial<DoneTask> => ({ arm: index % 2 === 0 ? "current" : "candidate", segments: { customer: `c${index % 700}`, tier: `t${index % 30}` }, isEscalated: index % 3 === 0 })), later(1));
  await judgeRollouts(later(2));
  const segments = await segmentsOf(agent);
  expect(segments.slice(0, 30).map(({ name }) => name)).toEqual(Array.from({ length: 30 }, () => "tier"));
  expect(inRows(segments.slice(0, 30))).toEqual((await plainly(agent)).filter(({ name }) => name === "tier"));
  const [kept, counted] = await bothWays(agent);
  expect(counted).toEqual(kept);
  expect([segments.length, segments.at(-1)?.name, kept.length]).toEqual([231, null, 231]);
});

test("are at most so many, which are the same when they are counted anew", async () => {
  const agent = await started();
  for (const [minutes, many] of [[1, 40], [11, 900]] as const) {
    const parts = fc.sample(fc.array(fc.dictionary(fc.constantFrom("a", "b", "é", "ab", "10 a", "zz", "name"), fc.nat(500).map(String)), { minLength: many, maxLength: many }), { numRuns: 1, seed: minutes }).flat();
    await doTasks(agent, parts.map((segments, index): Partial<DoneTask> => ({ arm: index % 2 === 0 ? "current" : "candidate", segments, isEscalated: index % 5 === 0, ...(index % 7 === 0 ? { arm: "current", shadow: { actionErrors: index % 2 } } : {}) })), later(minutes));
    await judgeRollouts(later(minutes + 5));
    const [kept, counted] = await bothWays(agent);
    expect(counted).toEqual(kept);
    if (minutes === 11) expect([kept.length, kept[0]?.segment]).toEqual([MOST_KEPT + 1, null]);
  }
});

const metricOf = (metric: "success" | "latency" | "cost") => ({ metric, weight: 1, isGating: metric === "success", margin: metric === "success" ? { kind: "points" as const, value: 0.5 } : { kind: "ratio" as const, value: 3 }, band: null });
const WITH_AMOUNTS = { metrics: [metricOf("success"), metricOf("latency"), metricOf("cost")] };

/** From 1 to 20 seconds, and slower by so much; of every third task nobody knows the cost. */
const timed = (pairs: number, minutes: number, slower = 1): Partial<DoneTask>[] => Array.from({ length: pairs }, (_, index): Partial<DoneTask> => ({
  endedAt: new Date(later(minutes).getTime() + 1_000 + (1 + (index % 20)) * 1_000 * slower), unknownCostCalls: index % 3 === 0 ? 1 : 0, segments: { tier: index % 7 === 0 ? "gold" : "free" },
})).flatMap((one) => [{ ...one, arm: "current" as const }, { ...one, arm: "candidate" as const }]);

/** From every task that was judged since then. */
async function amountsPlainly({ rolloutId }: TriedAgent, metric: "latency" | "cost", { since, at }: { since: string | null; at: number[] }) {
  const tasks = await prisma().assignment.findMany({ where: { rolloutId, judgedAt: { gte: new Date(since ?? 0) }, exclusion: null }, select: { arm: true, segments: true, values: true } });
  return ["free", "gold"].flatMap((tier) => at.map((above) => {
    const amounts = (arm: string): number[] => tasks.filter((one) => one.arm === arm && (one.segments as Record<string, string>).tier === tier).flatMap(({ values }) => (values as Record<string, number | null>)[metric] ?? []);
    const counted = (arm: string) => ({ known: amounts(arm).length, events: amounts(arm).filter((amount) => amount > above).length });
    return { tier, metric, above, current: counted("current"), candidate: counted("candidate") };
  }));
}

test("count latency and cost above marks that earlier tasks set, from then on, and a cost that is not known for nothing", async () => {
  const agent = await started(WITH_AMOUNTS);
  await doTasks(agent, timed(200, 1), later(1));
  await judgeRollouts(later(5));
  expect((await detailOf(agent)).amountMarks).toEqual({});
  expect((await segmentsOf(agent)).flatMap(({ metrics }) => metrics.filter(({ above }) => above !== undefined))).toEqual([]);
  for (const [minutes, slower] of [[11, 1], [21, 3]] as const) {
    await doTasks(agent, timed(60, minutes, slower), later(minutes));
    await judgeRollouts(later(minutes + 5));
    const { latency, cost } = (await detailOf(agent)).amountMarks;
    expect([latency?.since, cost?.since]).toEqual([later(16).toISOString(), later(16).toISOString()]);
    if (!latency || !cost) throw new Error("there are no marks");
    const expected = [...(await amountsPlainly(agent, "latency", latency)), ...(await amountsPlainly(agent, "cost", cost))];
    const shown = (await segmentsOf(agent)).flatMap(({ value, metrics }) => metrics.flatMap(({ above, strata: _strata, ...one }) => (above === undefined ? [] : [{ tier: value, above, ...one }])));
    expect(shown).toHaveLength(16);
    expect(shown).toEqual(expect.arrayContaining(expected));
    expect(expected.some(({ metric, current }) => metric === "latency" && current.events > 0 && current.events < current.known)).toBe(true);
    expect(expected.find(({ metric, tier }) => metric === "cost" && tier === "free")?.current.known).toBeLessThan(expected.find(({ metric, tier }) => metric === "latency" && tier === "free")?.current.known ?? 0);
    const [kept, counted] = await bothWays(agent);
    expect(counted).toEqual(kept);
  }
});

test("count nothing that is not compared in its stage, where the candidate's writes are held", async () => {
  const agent = await makeTriedAgent({ stage: "bounded" });
  await startTried(agent, { onWorse: "hold", ...WITH_AMOUNTS }, start);
  for (const minutes of [1, 11]) {
    await doTasks(agent, timed(150, minutes).map((one) => ({ ...one, isEscalated: one.arm === "candidate" })), later(minutes));
    await judgeRollouts(later(minutes + 5));
  }
  const [segment] = await segmentsOf(agent);
  expect([...new Set(segment?.metrics.map(({ metric }) => metric))]).toEqual(["action_errors", "success", "violations", "cost"]);
  const [kept, counted] = await bothWays(agent);
  expect(counted).toEqual(kept);
});

test("are all there for the worst, however small it is", async () => {
  const agent = await started(WITH_AMOUNTS);
  const rate = (events: number, known: number) => ({ success: { events: known - events, known }, latency: { known, above: [0.5, 0.25, 0.1, 0.03].map((share) => Math.round(share * known)) } });
  const broken = { ...rate(3, 65), latency: { known: 65, above: [62, 55, 45, 29] } };
  await prisma().rollout.update({ where: { id: agent.rolloutId }, data: { amountMarks: { latency: { at: [1_000, 2_000, 4_000, 8_000], since: null } } } });
  await prisma().rolloutSegment.createMany({ data: Array.from({ length: 200 }, (_, index) => {
    const known = 60 + Math.abs(155 - index);
    return { rolloutId: agent.rolloutId, place: index + 1, name: "customer", value: `c${index}`, tasks: 2 * known, figures: { 0.5: { current: rate(3, known), candidate: index === 150 ? broken : rate(3, known) } } };
  }) });
  const segments = await segmentsOf(agent);
  const { worst, segments: judged } = judgeSegments(segments);
  expect(segments.findIndex(({ value }) => value === "c150")).toBeGreaterThan(149);
  expect(worst).toMatchObject({ value: "c150", metric: { metric: "latency", verdict: "worse" } });
  expect(worstFirst(judged).slice(0, 2).map(({ value }) => value)).toEqual(["c150", "c0"]);
});
