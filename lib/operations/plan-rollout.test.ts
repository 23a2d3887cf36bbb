import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { canaryPlanSchema, type CanaryPlan } from "../domain/canary-plan.ts";
import { makeAgent, manifest } from "../testing/make-agent.ts";
import { runRow } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";

useDatabase();

/** After so many tasks of the current version, one in eight of which it handed to a person. */
async function plannedAfter(tasks: number): Promise<CanaryPlan> {
  const agent = await makeAgent();
  await prisma().agent.update({ where: { id: agent.id }, data: { stage: "bounded" } });
  const { currentVersionId: versionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
  await prisma().run.createMany({ data: Array.from({ length: tasks }, (_, index) => runRow(agent.id, `before-${index}`, { versionId, isEscalated: index % 8 === 0 }, new Date(Date.now() - 3_600_000))) });
  const { change } = await agent.register(manifest({ prompt: "You handle refunds, and you ask." }));
  if (!change) throw new Error("another prompt needs a review");
  await agent.approve(change.id, { keepsRollout: true });
  return canaryPlanSchema.parse((await prisma().rollout.findUniqueOrThrow({ where: { changeId: change.id } })).plan);
}

const bandsOf = ({ metrics }: CanaryPlan) => Object.fromEntries(metrics.flatMap(({ metric, band }) => (band === null ? [] : [[metric, band]])));

test("a plan bounds escalation by what history says is usual, and not where it says too little", async () => {
  expect(bandsOf(await plannedAfter(40))).toEqual({});
  const { escalation, ...others } = bandsOf(await plannedAfter(1_600));
  expect(others).toEqual({});
  expect(escalation?.low).toBeGreaterThan(0);
  expect(escalation?.low).toBeLessThanOrEqual(0.0625);
  expect(escalation?.high).toBeGreaterThanOrEqual(0.25);
});
