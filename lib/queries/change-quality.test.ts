import { beforeAll, expect, it } from "vitest";
import { prisma } from "../database/database.ts";
import { emptyCard } from "../domain/agent-card.ts";
import { createAgent } from "../operations/agents.ts";
import { systemActor } from "../operations/people.ts";
import { seedDefaults } from "../operations/seed-defaults.ts";
import { useDatabase } from "../testing/use-database.ts";
import { getChangeQuality } from "./change-quality.ts";

useDatabase();

const now = new Date("2026-11-21T12:00:00Z");
const at = (text: string): Date => new Date(`2026-11-${text}Z`);

async function version(id: string, agentId: string, number: number, approvedAt: Date | null): Promise<void> {
  await prisma().agentVersion.create({ data: { id, agentId, number, fingerprint: id, components: [], source: "api", createdBy: "x", createdAt: at("01T00:00:00"), approvedAt } });
}

async function rollup(agentId: string, versionId: string, stage: string, hour: Date, runs: number, unreviewed = 0): Promise<void> {
  const none = { successes: 0, failures: 0, escalated: 0, intervened: 0, actionErrors: 0, inputTokens: 0, outputTokens: 0, costKnownRuns: 0, costNanoUsd: 0, latency: {} };
  await prisma().rollup.create({ data: { ...none, agentId, versionId, stage, hour, runs, unreviewed, toolCalls: runs * 3, consequentialCalls: runs * 2 } });
}

async function change(id: string, toVersionId: string, agentId: string, more: { state: string; proposedAt: Date; decidedAt?: Date; firstSeenLiveAt?: Date; isRetroactive?: boolean; isReviewed?: boolean }): Promise<void> {
  const { isReviewed = true, ...data } = more;
  await prisma().change.create({
    data: {
      id, kind: "version", agentId, toVersionId, proposal: {}, fingerprint: id, title: id, class: "material", facts: [], rules: [], obligations: [], policyRevision: 1, authorIds: ["p"], authorName: "P", expiresAt: at("30T00:00:00"), ...data,
      ...(isReviewed ? { reviews: { create: { id: `re_${id}`, personId: "q", personName: "Q", roles: [], decision: "approve", fingerprint: id, at: data.decidedAt ?? data.proposedAt } } } : {}),
    },
  });
}

beforeAll(async () => {
  await seedDefaults(at("01T00:00:00"));
  for (const agentId of ["a-bot", "b-bot"]) await createAgent(systemActor, { agentId, card: emptyCard }, at("01T00:00:00"));
  // Approved on the 10th and, after a way back, again on the 18th: the first time counts.
  await version("v1", "a-bot", 1, at("18T09:30:00"));
  await change("c1", "v1", "a-bot", { state: "approved", proposedAt: at("10T08:00:00"), decidedAt: at("10T10:00:00") });
  await version("v2", "a-bot", 2, null);
  await change("c2", "v2", "a-bot", { state: "open", proposedAt: at("17T08:00:00"), firstSeenLiveAt: at("17T09:00:00"), isReviewed: false });
  await version("v3", "b-bot", 1, at("17T10:20:00"));
  await change("c3", "v3", "b-bot", { state: "approved", proposedAt: at("17T04:20:00"), decidedAt: at("17T10:20:00") });
  await version("v4", "b-bot", 2, null);
  await change("c4", "v4", "b-bot", { state: "open", proposedAt: at("20T08:00:00"), isReviewed: false });
  await rollup("a-bot", "v1", "partial", at("10T09:00:00"), 5);
  await rollup("a-bot", "v1", "partial", at("10T10:00:00"), 10);
  await rollup("a-bot", "v1", "partial", at("17T10:00:00"), 100, 3);
  await rollup("a-bot", "v2", "partial", at("17T11:00:00"), 4, 4);
  await rollup("a-bot", "", "partial", at("17T12:00:00"), 1);
  await rollup("a-bot", "v2", "shadow", at("17T12:00:00"), 1_000);
  await rollup("b-bot", "v3", "assisted", at("17T10:00:00"), 20);
  for (let n = 0; n < 3; n++) {
    await prisma().run.create({ data: { id: `ru_${n}`, agentId: "a-bot", conversationId: `c${n}`, isKeyedByTrace: false, versionId: "v1", stage: "partial", startedAt: at("17T10:05:00"), endedAt: at("17T10:06:00"), receivedAt: now, updatedAt: now, isUnreviewed: true, consequentialCalls: 7 } });
  }
});

const week = async (agentId: string | null, monday: string) => (await getChangeQuality(agentId, now)).find((each) => each.week.getTime() === at(`${monday}T00:00:00`).getTime());

it("counts runs from the hour of the first approval on, without what showed something unapproved", async () => {
  expect(await week("a-bot", "09")).toMatchObject({ runs: 15, reviewedRunShare: 10 / 15, unreviewedRuns: 5, unreviewedCalls: 10, isOver: true });
  expect(await week("a-bot", "16")).toMatchObject({ runs: 105, reviewedRunShare: 97 / 105, unreviewedRuns: 8, unreviewedCalls: 3 * 7 + 8 + 2 });
});

it("counts changes that went live, and how long people took", async () => {
  expect(await week("a-bot", "16")).toMatchObject({ changes: 1, reviewedFirstShare: 0, reviews: 0, medianReviewMs: null });
  expect(await week("b-bot", "16")).toMatchObject({ changes: 1, reviewedFirstShare: 1, reviews: 1, medianReviewMs: 6 * 3_600_000, reviewedRunShare: 1 });
});

it("adds the agents up for the fleet and leaves weeks without runs empty", async () => {
  expect(await week(null, "16")).toMatchObject({ runs: 125, changes: 2, reviewedFirstShare: 0.5, unreviewedRuns: 8 });
  expect(await week(null, "02")).toMatchObject({ runs: 0, reviewedRunShare: null, reviewedFirstShare: null, medianReviewMs: null });
});
