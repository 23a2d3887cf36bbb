import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { newId } from "../new-id.ts";
import { makeAgent, makePerson } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { useDatabase } from "../testing/use-database.ts";
import { getReviewerQuality } from "./reviewer-quality.ts";

useDatabase();

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);

test("by rule: how often people agreed, refused or let it expire, and how long they took", async () => {
  const { id: agent } = await makeAgent({ isApproved: false });
  const ana = await makePerson("Ana", ["operator"]);
  const decide = async (verdicts: readonly string[], more: Parameters<typeof storeAction>[1], tookMinutes = 2) => {
    const actionId = await storeAction(agent, { preparedAt: ago(60), ...more });
    for (const [index, verdict] of verdicts.entries()) {
      await prisma().actionReview.create({
        data: { id: newId("ax"), actionId, personId: ana.id, personName: ana.name, verdict, inputDigest: "sha256:x", epoch: 1n, at: new Date(ago(60 - tookMinutes).getTime() + index * 1_000) },
      });
    }
  };
  await decide(["approve"], { policies: ["large"] });
  await decide(["ask", "approve"], { policies: ["large", "night"] }, 4);
  await decide(["approve", "undo"], { policies: ["large"] });
  await decide(["reject"], { policies: ["night"] });
  await decide(["approve"], { policies: [] });
  await decide([], { policies: ["large"], state: "expired", expiresAt: ago(30) });
  await decide([], { policies: ["large"], state: "expired", expiresAt: ago(30), startedAt: ago(40) });
  await decide([], { policies: ["large"] });
  await decide(["approve"], { policies: ["large"], isSeeded: true });
  await decide([], { policies: ["large"], isSeeded: true, state: "expired", expiresAt: ago(30) });
  const seed = (outcome: string | null, revealedAt: Date | null) =>
    prisma().seededRequest.create({ data: { actionId: newId("ac"), salt: "s", committedAt: ago(90), dueAfter: 10, countedUntil: ago(60), agentId: agent, madeAt: ago(60), outcome, revealedAt } });
  await Promise.all([seed("refused", ago(5)), seed("refused", ago(5)), seed("approved", ago(5)), seed("expired", ago(5)), seed("refused", ago(91 * 24 * 60)), seed(null, null)]);

  const { rules, seeded, isCut } = await getReviewerQuality(agent, new Date());
  const of = (rule: string) => rules.find((row) => row.rule === rule);
  expect(of("large")).toMatchObject({ agentId: agent, isPolicy: true, approved: 2, rejected: 0, expired: 1 });
  expect(Math.round((of("large")?.medianMs ?? 0) / 1_000)).toBe(181);
  expect(of("night")).toMatchObject({ approved: 1, rejected: 1, expired: 0 });
  expect(of("needs_person")).toMatchObject({ isPolicy: false, approved: 1 });
  expect([seeded, isCut]).toEqual([{ refused: 2, corrected: 0, approved: 1, expired: 1, ended: 0 }, false]);
  expect((await getReviewerQuality("nobody", new Date())).seeded.refused).toBe(0);
  expect((await getReviewerQuality("nobody", new Date())).rules).toEqual([]);
  expect((await getReviewerQuality(agent, new Date(Date.now() + 91 * 86_400_000))).rules).toEqual([]);
});
