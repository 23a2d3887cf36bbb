import { expect, test } from "vitest";
import { defaultReviewPolicy } from "../domain/default-review-policy.ts";
import { reclassifyChanges } from "../domain/reclassify-changes.ts";
import { approveChange } from "../operations/changes.ts";
import { proposeReviewPolicy } from "../operations/review-policy.ts";
import { prisma } from "../database/database.ts";
import { makeAgent, makePerson } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { comparePolicies, getReviewPolicy, listPastChanges } from "./review-policy.ts";

useDatabase();

const stricter = { ...defaultReviewPolicy, spotCheckOneIn: 5, rules: defaultReviewPolicy.rules.map((rule) => (rule.id === "R-05" ? { ...rule, class: "material" as const } : rule)) };

test("tells what is in force, what waits, and whence each revision came", async () => {
  const agent = await makeAgent();
  expect(await getReviewPolicy()).toMatchObject({ revision: 1, open: null, revisions: [{ revision: 1, change: null }] });
  const operator = await makePerson("Tomás Vega", ["operator"]);
  const { changeId } = await proposeReviewPolicy(operator, { content: stricter, reason: "Too few are looked at." });
  expect((await getReviewPolicy()).open).toMatchObject({ id: changeId, authorName: "Tomás Vega" });
  const { fingerprint } = await prisma().change.findUniqueOrThrow({ where: { id: changeId } });
  await approveChange(agent.owners.business_owner, { changeId, fingerprint, comment: null });
  const after = await getReviewPolicy();
  expect(after).toMatchObject({ revision: 2, open: null, policy: { spotCheckOneIn: 5 } });
  expect(after.revisions[0]?.change).toMatchObject({ id: changeId, authorName: "Tomás Vega", decidedBy: "Ingrid Holm" });
});

test("compares a proposal with the revision it was made from", async () => {
  const diff = await comparePolicies(1, stricter);
  expect(diff?.rows.flatMap((row) => ("label" in row ? [`${row.kind} ${row.label}`] : []))).toEqual([
    "removed R-05 class", "added R-05 class", "removed Spot check", "added Spot check",
  ]);
  expect(await comparePolicies(1, { rules: "none" })).toBeNull();
  expect(await comparePolicies(99, stricter)).toBeNull();
});

test("past changes carry the facts that a draft is tried on", async () => {
  const past = await listPastChanges();
  expect(past.length).toBeGreaterThan(0);
  const [first] = reclassifyChanges(past, defaultReviewPolicy, { ...defaultReviewPolicy, rules: defaultReviewPolicy.rules.map((rule) => ({ ...rule, class: "harmless" as const, obligations: [] })) });
  expect(first?.before.class).toBe("critical");
  expect(first?.after).toEqual({ class: "harmless", obligations: 0 });
});
