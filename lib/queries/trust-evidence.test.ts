import { expect, it } from "vitest";
import { prisma } from "../database/database.ts";
import { makeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { getTrustEvidence } from "./trust-evidence.ts";

useDatabase();

const HOUR = new Date("2026-11-20T10:00:00Z");

it("counts what is known of one agent, over all versions and hours, and of no other", async () => {
  const [agent, other] = [await makeAgent(), await makeAgent()];
  const sums = { stage: "shadow", intervened: 0, consequentialCalls: 0, inputTokens: 0, outputTokens: 0, costKnownRuns: 0, costNanoUsd: 0, latency: {} };
  const rolled = (agentId: string, versionId: string) => ({ ...sums, agentId, versionId, hour: HOUR, runs: 10, successes: 6, failures: 2, escalated: 3, unreviewed: 4, toolCalls: 20, actionErrors: 5 });
  await prisma().rollup.createMany({ data: [rolled(agent.id, ""), rolled(agent.id, "av_1"), rolled(other.id, "")] });
  const reviews = await prisma().review.findMany({ where: { change: { agentId: agent.id } } });
  expect(reviews.length).toBeGreaterThan(0);
  expect(await getTrustEvidence(agent.id)).toEqual({
    runs: 20, reviewedRuns: 12, outcomesKnown: 16, failures: 4, escalations: 6, toolCalls: 40, actionErrors: 10,
    reviews: reviews.length, changesReviewed: new Set(reviews.map(({ changeId }) => changeId)).size, stopProvenAt: null,
  });
  await prisma().review.update({ where: { id: reviews[0]?.id ?? "" }, data: { voidedAt: HOUR } });
  expect((await getTrustEvidence(agent.id)).reviews).toBe(reviews.length - 1);
});

it("an agent that never ran has nothing, and no error", async () => {
  const agent = await makeAgent({ isApproved: false });
  expect(await getTrustEvidence(agent.id)).toMatchObject({ runs: 0, reviewedRuns: 0, outcomesKnown: 0, stopProvenAt: null });
});
