import { prisma } from "../lib/database/database.ts";
import type { CanaryPlan } from "../lib/domain/canary-plan.ts";
import { inputDigest } from "../lib/domain/input-digest.ts";
import { startRollout } from "../lib/operations/start-rollout.ts";
import { paths } from "../lib/paths.ts";
import { doTasks, shortStage } from "../lib/testing/tried-agent.ts";
import { expect, expectGoodPage, manifestOf, test } from "./fixtures.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { until } from "./own-server.ts";

test.describe.configure({ timeout: 120_000 });

const METRICS: CanaryPlan["metrics"] = [
  { metric: "action_errors", weight: 1, isGating: true, margin: { kind: "points", value: 0.5 }, band: null }, { metric: "latency", weight: 1, isGating: false, margin: { kind: "ratio", value: 3 }, band: null },
];

/** Amounts that a version put to the gate in one task, in this order. */
const refunds = (conversationId: string, { agentId, versionId, isRecommendation }: { agentId: string; versionId: string; isRecommendation: boolean }, amounts: readonly number[]) =>
  amounts.map((amount, place) => ({
    id: `gd_${conversationId}_${place}`, agentId, versionId, conversationId, toolCallId: `${place}`, tool: "refund_create", input: { amount }, inputDigest: inputDigest({ amount }), decision: isRecommendation ? "deny" : "permit",
    reason: isRecommendation ? "authority" : "permitted", isRecommendation, sentence: "", policies: [], facts: {}, decidedAt: new Date(Date.now() + place * 1_000),
  }));

test("in shadow the page says what is compared, and that it ends with the first call that was refused", ONE_WIDTH, async ({ makeAgent, openAs }) => {
  const agent = await makeAgent();
  const { change } = await agent.register(manifestOf({ label: "2.0", prompt: "You handle refunds and invoices." }));
  await agent.approve(change?.id ?? "");
  const { id, currentId, candidateId, revision, plan } = await prisma().rollout.findUniqueOrThrow({ where: { changeId: change?.id ?? "" } });
  const stages = [shortStage("shadow"), shortStage("assisted")];
  await startRollout(await agent.team.model_steward.actor(), { rolloutId: id, revision, startsAnyway: true, plan: { ...(plan as unknown as CanaryPlan), metrics: METRICS, stages } });

  const tasks = Array.from({ length: 6 }, (_, index) => `${agent.id}-shadow-${index}`);
  await prisma().gateDecision.createMany({ data: tasks.flatMap((task, index) => [
    ...refunds(task, { agentId: agent.id, versionId: currentId, isRecommendation: false }, [90, 5]),
    ...refunds(`${task}~shadow`, { agentId: agent.id, versionId: candidateId, isRecommendation: true }, index < 4 ? [90] : [9_000, 7]),
  ]) });
  const read = () => prisma().rollout.findUniqueOrThrow({ where: { id } });
  await doTasks({ id: agent.id, read, currentId, candidateId }, tasks.map((task) => ({ task, shadow: { outcome: "success" }, toolCalls: 2, consequentialCalls: 2 })));
  await until(async () => (await prisma().assignment.count({ where: { rolloutId: id, judgedAt: { not: null } } })) === tasks.length, "every task is judged");

  const page = await openAs(agent.team.business_owner, paths.rollout(id));
  await expect(page.getByText(/^In shadow the first call with an effect is refused to version 2, and from there on it no longer sees what version 1 sees\./)).toBeVisible();
  const card = page.getByRole("region", { name: "Recommendations in shadow" });
  await expect(card).toContainText("2 of 6 differ");
  await expect(card).toContainText("Of 6 tasks in which either version would act, the candidate began with what was done in 4 (66.7 %). Its first call with an effect is refused");
  const rows = card.getByRole("table").getByRole("row").filter({ hasText: '{"amount":9000}' });
  await expect(rows).toHaveCount(2);
  await expect(rows.first().getByRole("cell").filter({ hasText: '{"amount":90}' })).toContainText(/Later, not compared:\s*refund_create \{"amount":5\}/);
  await expect(rows.first().getByRole("cell").filter({ hasText: '{"amount":9000}' })).toContainText(/Later, not compared:\s*refund_create \{"amount":7\}/);
  await expect(page.getByRole("region", { name: "Why this verdict" })).toContainText("Latency: the candidate nothing known, the current version nothing known. In shadow it is known only of tasks in which nothing was refused to the candidate, and nothing waits for it.");
  await expectGoodPage(page);
});
