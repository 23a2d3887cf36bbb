import fc from "fast-check";
import { expect, test } from "vitest";
import { pool, prisma } from "../database/database.ts";
import { judgeRollouts } from "../operations/judge-rollouts.ts";
import { doTasks, makeTriedAgent, ofBothArms, startTried, type DoneTask, type TriedAgent } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { readRolloutTasks } from "./rollout-tasks.ts";

useDatabase();

const start = new Date("2026-11-20T08:00:00Z");
const later = (minutes: number): Date => new Date(start.getTime() + minutes * 60_000);

const task: fc.Arbitrary<Partial<DoneTask>> = fc.oneof(
  fc.record({ arm: fc.constantFrom("current", "candidate"), unit: fc.constantFrom("c1", "c2", "c3", "c4", "c5", "c6"), outcome: fc.constantFrom("success", "failure", null), receivedBeforeMs: fc.constantFrom(0, 0, 0, 5_000) }),
  fc.record({ arm: fc.constantFrom("current", "candidate"), versionId: fc.constant(null) }),
  fc.record({ arm: fc.constant("current"), shadow: fc.constantFrom({}, { versionId: "another" }) }),
);

interface Row { stageIndex: number; arm: string; given: number; known: number; crossed: number; early: number; moved_unit: number }

/** From every task, in one statement that knows nothing of what is kept. */
async function plainly({ rolloutId }: TriedAgent) {
  const { rows } = await pool().query<Row>(
    `SELECT stage_index AS "stageIndex", arm, count(*) FILTER (WHERE exclusion IS NULL)::int AS given, count(*) FILTER (WHERE exclusion IS NULL AND judged_at IS NOT NULL)::int AS known,
            count(*) FILTER (WHERE exclusion = 'crossed')::int AS crossed, count(*) FILTER (WHERE exclusion = 'early')::int AS early, count(*) FILTER (WHERE exclusion = 'moved_unit')::int AS moved_unit
     FROM (
       SELECT stage_index, arm, exclusion, judged_at FROM assignment WHERE rollout_id = $1
       UNION ALL
       SELECT stage_index, 'candidate', NULL, judged_at FROM assignment WHERE rollout_id = $1 AND shadow_values IS NOT NULL AND exclusion IS NULL
     ) task GROUP BY 1, 2 ORDER BY 1, 2`,
    [rolloutId],
  );
  const sum = (why: "crossed" | "early" | "moved_unit"): number => rows.reduce((total, row) => total + row[why], 0);
  return {
    tasks: rows.filter(({ given }) => given > 0).map(({ stageIndex, arm, given, known }) => ({ stageIndex, arm, given, known })),
    excluded: { crossed: sum("crossed"), early: sum("early"), moved_unit: sum("moved_unit") },
  };
}

test("are what every task together says, stage by stage, also where nothing was kept at first", async () => {
  const agent = await makeTriedAgent();
  await startTried(agent, { onWorse: "hold", unit: "customer" }, start);
  for (const [index, tasks] of fc.sample(fc.array(task, { minLength: 20, maxLength: 60 }), { numRuns: 6, seed: 7 }).entries()) {
    if (index === 2) await prisma().rolloutTaskCount.deleteMany({ where: { rolloutId: agent.rolloutId } });
    if (index === 3) await prisma().run.updateMany({ where: { agentId: agent.id, outcome: null }, data: { outcome: "failure", outcomeSource: "reported", outcomeAt: later(31) } });
    if (index === 4) await prisma().rollout.update({ where: { id: agent.rolloutId }, data: { stageIndex: 1 } });
    await doTasks(agent, tasks, later(10 * index + 1));
    expect(await readRolloutTasks(agent.rolloutId)).toEqual(await plainly(agent));
    await judgeRollouts(later(10 * index + 5));
    const counted = await readRolloutTasks(agent.rolloutId);
    expect(counted).toEqual(await plainly(agent));
    expect(await prisma().rolloutTaskCount.count({ where: { rolloutId: agent.rolloutId } })).toBe(index < 4 ? 2 : 4);
    if (index === 5) {
      expect(Math.min(...Object.values(counted.excluded))).toBeGreaterThan(0);
      expect(counted.tasks).toHaveLength(4);
      expect(counted.tasks.some(({ given, known }) => given > known)).toBe(true);
    }
  }
});

test("are kept with what was judged or not at all", async () => {
  const agent = await makeTriedAgent();
  await startTried(agent, { onWorse: "hold" }, start);
  await doTasks(agent, ofBothArms(5), later(1));
  const kept = () => Promise.all([prisma().rolloutTaskCount.count({ where: { rolloutId: agent.rolloutId } }), prisma().rolloutSegment.count({ where: { rolloutId: agent.rolloutId } }), prisma().assignment.count({ where: { rolloutId: agent.rolloutId, judgedAt: { not: null } } })]);
  // Refused at the end of the transaction, as when the process dies.
  await pool().query("ALTER TABLE rollout ADD CONSTRAINT never_judged CHECK (last_outcome_at IS NULL) NOT VALID");
  await judgeRollouts(later(2));
  expect(await kept()).toEqual([0, 0, 0]);
  await pool().query("ALTER TABLE rollout DROP CONSTRAINT never_judged");
  await judgeRollouts(later(3));
  expect(await kept()).toEqual([2, 2, 10]);
  expect(await readRolloutTasks(agent.rolloutId)).toEqual(await plainly(agent));
});
