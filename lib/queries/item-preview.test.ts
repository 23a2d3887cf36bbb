import { describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { spotCheckKey } from "../domain/item-key.ts";
import { newId } from "../new-id.ts";
import { makeAgent, makePerson, manifest } from "../testing/make-agent.ts";
import { storeAction } from "../testing/store-action.ts";
import { tried } from "../testing/tried-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { findItemPreview } from "./item-preview.ts";

useDatabase();

const now = () => new Date();

describe("an action", () => {
  test("is told with what it does, why it asks, and arguments without their secrets; and all of it is JSON", async () => {
    const agent = await makeAgent();
    const id = await storeAction(agent.id, { input: { order: "5512", api_key: "sk-very-secret-0123456789" }, amountMinor: 9_007_199_254_740_993n, currency: "EUR", justification: "The parcel was lost." });
    const preview = await findItemPreview(id, agent.owners.technical_owner, now());
    expect(preview).toMatchObject({
      kind: "action", isOpen: true, tool: "refund_create", because: "At assisted, a write waits for a person.", justification: "The parcel was lost.", amountMinor: "9007199254740993",
      reversibility: { kind: "none", until: null }, input: { order: "5512" },
    });
    expect(JSON.parse(JSON.stringify(preview))).toEqual(preview);
    expect(JSON.stringify(preview)).not.toContain("sk-very-secret");
  });

  test("that was seeded is told like any other", async () => {
    const told = async (more: { isSeeded?: boolean }) => {
      const agent = await makeAgent();
      return findItemPreview(await storeAction(agent.id, more), agent.owners.technical_owner, now());
    };
    expect(await told({ isSeeded: true })).toEqual(await told({}));
  });

  test("whose time is over is no open one", async () => {
    const agent = await makeAgent();
    const id = await storeAction(agent.id, { expiresAt: new Date(Date.now() - 1_000) });
    expect(await findItemPreview(id, agent.owners.technical_owner, now())).toMatchObject({ isOpen: false });
  });
});

test("a change is told by what it gains and what is still asked of whom, and so is its spot check", async () => {
  const agent = await makeAgent();
  const { change } = await agent.register(manifest({ tools: [...manifest().tools, { name: "payout_send", effect: "irreversible", inputSchema: {} }] }));
  const preview = await findItemPreview(change?.id ?? "", agent.owners.business_owner, now());
  if (preview?.kind !== "change") throw new Error("another kind");
  expect(preview.delta?.groups[0]).toMatchObject({ verb: "Gains", lines: [{ sentence: expect.stringContaining("payout_send") }] });
  expect(preview.holders.business_owner).toEqual(["Ingrid Holm"]);
  expect(preview.obligations.some(({ obligation, state }) => obligation.kind === "review" && state === "waiting")).toBe(true);
  expect(JSON.parse(JSON.stringify(preview))).toEqual(preview);
  expect(await findItemPreview(spotCheckKey(change?.id ?? ""), agent.owners.business_owner, now())).toEqual(preview);
});

test("a finding is told by its first differences, and how many more there are", async () => {
  const agent = await makeAgent();
  const id = newId("fi");
  const differences = Array.from({ length: 11 }, (_, index) => ({ facet: "tool", name: `tool_${index}`, value: `v${index}`, sentence: `Uses \`tool_${index}\`.`, firstSeenAt: now().toISOString(), exampleRunId: null }));
  await prisma().finding.create({ data: { id, agentId: agent.id, kind: "unreviewed_change", about: "1.0", sentence: "It uses other tools.", openedAt: now(), lastSeenAt: now(), evidence: { versionLabel: "1.0", differences, more: 2 } } });
  const preview = await findItemPreview(id, agent.owners.technical_owner, now());
  if (preview?.kind !== "finding") throw new Error("another kind");
  expect([preview.differences.length, preview.more]).toEqual([8, 5]);
});

test("a rollout is told by the judge's sentence, its stage and its share", async () => {
  const agent = await tried();
  expect(await findItemPreview(agent.rolloutId, agent.owners.technical_owner, now())).toMatchObject({ kind: "rollout", strong: "Nothing judged yet.", stage: "assisted", exposure: 0.5, isOpen: true });
});

test("what is not there is nothing", async () => {
  const viewer = await makePerson("Vera", ["viewer"]);
  for (const key of ["ac_none", "ch_none", "fi_none", "ro_none", "spot-ch_none", "", "anything else", "ac_\u0000", "ch_' OR 1=1", `fi_${"a".repeat(200)}`]) expect(await findItemPreview(key, viewer, now())).toBeNull();
});
