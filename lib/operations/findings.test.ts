import { describe, expect, test } from "vitest";
import { loadAuthorityFacts } from "../database/authority-facts.ts";
import { prisma } from "../database/database.ts";
import { computeAuthority } from "../domain/authority.ts";
import { promptHashOf, toolContractDigest } from "../domain/fingerprint.ts";
import { NotPossible } from "../errors.ts";
import { findChange } from "../queries/change.ts";
import { makeAgent, manifest } from "../testing/make-agent.ts";
import { makeRollout } from "../testing/make-rollout.ts";
import { useDatabase } from "../testing/use-database.ts";
import { rejectChange } from "./changes.ts";
import { closeFinding, judgeObservedComponents, reviewRetroactively, type FindingEvidence } from "./findings.ts";
import { abortRollout } from "./steer-rollout.ts";

useDatabase();

interface Seen {
  facet: "model" | "prompt" | "tool" | "version" | "fingerprint";
  value: string;
  name?: string;
  label?: string;
  inShadow?: boolean;
  content?: object;
  at?: Date;
}

async function see(agentId: string, { facet, value, name = facet, label = "1.0", inShadow = false, content, at = new Date() }: Seen) {
  const key = { agentId, versionLabel: label, inShadow, facet, name, value };
  await prisma().observedComponent.upsert({
    where: { agentId_versionLabel_inShadow_facet_name_value: key },
    create: { ...key, ...(content ? { content } : {}), firstSeenAt: at, lastSeenAt: at }, update: { lastSeenAt: at },
  });
}

const promptSeen = (text: string, more: Partial<Seen> = {}): Seen => ({ facet: "prompt", value: promptHashOf(text), content: { text }, ...more });
const findings = (agentId: string) => prisma().finding.findMany({ where: { agentId }, orderBy: { openedAt: "asc" } });
const bindingOf = async (agentId: string) => {
  const { binding, level } = computeAuthority(await prisma().$transaction((tx) => loadAuthorityFacts(tx, agentId, new Date())), new Date());
  return { source: binding.source, level };
};

describe("what traffic shows is judged", () => {
  test("everything as approved: no finding, no cap", async () => {
    const agent = await makeAgent();
    const [tool] = manifest().tools;
    await see(agent.id, { facet: "version", value: "1.0" });
    await see(agent.id, { facet: "model", value: "gpt-4.1-2025-04-14" });
    await see(agent.id, promptSeen(manifest().prompt as string));
    await see(agent.id, { facet: "tool", name: "order_get", value: toolContractDigest(tool ?? { name: "" }) });
    await judgeObservedComponents(new Date());
    expect(await findings(agent.id)).toEqual([]);
    expect((await bindingOf(agent.id)).source).not.toBe("unreviewed_change");
  });

  test.each([
    ["the same label with another prompt", promptSeen("Refund whatever is asked.")],
    ["another model", { facet: "model", value: "gpt-4o-mini" }],
    ["a tool nobody declared", { facet: "tool", name: "payout_send", value: toolContractDigest({ name: "payout_send" }), content: { name: "payout_send" } }],
    ["a tool with another contract", { facet: "tool", name: "order_get", value: toolContractDigest({ name: "order_get", description: "Reads and writes." }) }],
    ["an unknown label", { facet: "version", value: "9.9", label: "9.9" }],
    ["an unknown fingerprint", { facet: "fingerprint", value: `sha256:${"0".repeat(64)}` }],
  ] satisfies [string, Seen][])("%s is one finding that caps the agent at shadow", async (_, seen) => {
    const agent = await makeAgent();
    await see(agent.id, seen);
    await judgeObservedComponents(new Date());
    await judgeObservedComponents(new Date());
    const [finding, ...others] = await findings(agent.id);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ kind: "unreviewed_change", state: "open" });
    expect(await bindingOf(agent.id)).toEqual({ source: "unreviewed_change", level: "shadow" });
    expect(await prisma().logEntry.count({ where: { subject: finding?.id ?? "", kind: "finding.opened" } })).toBe(1);
  });

  test("a prompt that differs in every run is one finding with a list that ends", async () => {
    const agent = await makeAgent();
    const write = (from: number, count: number) => prisma().observedComponent.createMany({
      data: Array.from({ length: count }, (_, index) => ({ agentId: agent.id, versionLabel: "1.0", inShadow: false, facet: "prompt", name: "system", value: promptHashOf(`Today is day ${from + index}.`), firstSeenAt: new Date(), lastSeenAt: new Date() })),
    });
    await write(0, 3_000);
    await judgeObservedComponents(new Date());
    await write(3_000, 10);
    await judgeObservedComponents(new Date());
    const [finding, ...others] = await findings(agent.id);
    const { differences, more } = (finding as NonNullable<typeof finding>).evidence as unknown as FindingEvidence;
    expect([others.length, differences.length, more]).toEqual([0, 100, 2_910]);
    expect(await prisma().observedComponent.count({ where: { agentId: agent.id, judgedAt: null } })).toBe(0);
    expect(await prisma().logEntry.count({ where: { subject: finding?.id ?? "" } })).toBe(1);
    expect((await bindingOf(agent.id)).level).toBe("shadow");
  });

  test("an agent that cannot be judged keeps no other from it", async () => {
    const [broken, other] = [await makeAgent(), await makeAgent()];
    await prisma().agent.update({ where: { id: broken.id }, data: { card: { purpose: 7 } } });
    for (const { id } of [broken, other]) await see(id, promptSeen("Refund whatever is asked."));
    await judgeObservedComponents(new Date());
    expect([(await findings(broken.id)).length, (await findings(other.id)).length]).toEqual([0, 1]);
    await prisma().observedComponent.deleteMany({ where: { agentId: broken.id } });
  });

  test("a candidate in review may run in shadow, and nowhere else", async () => {
    const agent = await makeAgent();
    await agent.register(manifest({ label: "2.0", prompt: "A new prompt." }));
    await see(agent.id, promptSeen("A new prompt.", { label: "2.0", inShadow: true }));
    await judgeObservedComponents(new Date());
    expect(await findings(agent.id)).toEqual([]);
    await see(agent.id, promptSeen("A new prompt.", { label: "2.0" }));
    await judgeObservedComponents(new Date());
    expect(await findings(agent.id)).toHaveLength(1);
    expect((await prisma().change.findFirstOrThrow({ where: { agentId: agent.id, state: "open" } })).firstSeenLiveAt).not.toBeNull();
  });
});

describe("how a finding ends", () => {
  test("reviewed afterwards and approved: it closes, and the traffic counts as approved", async () => {
    const agent = await makeAgent();
    await see(agent.id, promptSeen("You handle refunds, and you are kind."));
    await judgeObservedComponents(new Date());
    const [finding] = await findings(agent.id);
    const { changeId } = await reviewRetroactively(agent.owners.technical_owner, { findingId: finding?.id ?? "" });
    const again = await reviewRetroactively(agent.owners.model_steward, { findingId: finding?.id ?? "" });
    expect(again.changeId).toBe(changeId);
    expect(await prisma().change.findUniqueOrThrow({ where: { id: changeId } })).toMatchObject({ isRetroactive: true, class: "material", state: "open" });
    await agent.approve(changeId);
    await judgeObservedComponents(new Date());
    expect(await findings(agent.id)).toMatchObject([{ state: "closed" }]);
    expect((await bindingOf(agent.id)).source).not.toBe("unreviewed_change");
  });

  test("what is reviewed afterwards cannot be edited into something that never ran", async () => {
    const agent = await makeAgent();
    await see(agent.id, promptSeen("You handle refunds, and you are kind."));
    await judgeObservedComponents(new Date());
    const [finding] = await findings(agent.id);
    const { changeId } = await reviewRetroactively(agent.owners.technical_owner, { findingId: finding?.id ?? "" });
    const { fingerprint } = await prisma().change.findUniqueOrThrow({ where: { id: changeId } });
    await expect(agent.register(manifest({ prompt: "Pay out whatever is asked." }), { replacesChangeId: changeId })).rejects.toThrow(/as it ran/);
    expect(await prisma().change.findUniqueOrThrow({ where: { id: changeId } })).toMatchObject({ fingerprint, isRetroactive: true });
    expect((await findChange(changeId, agent.owners.technical_owner, new Date()))?.edit).toMatchObject({ ok: false });
  });

  test("a proposal that runs already and is edited answers for what ran no longer", async () => {
    const agent = await makeAgent();
    const { change } = await agent.register(manifest({ label: "2.0", prompt: "A new prompt." }));
    await see(agent.id, promptSeen("A new prompt.", { label: "2.0" }));
    await judgeObservedComponents(new Date());
    const [finding] = await findings(agent.id);
    expect((await reviewRetroactively(agent.owners.technical_owner, { findingId: finding?.id ?? "" })).changeId).toBe(change?.id);
    await agent.register(manifest({ label: "2.1", prompt: "Another prompt." }), { replacesChangeId: change?.id ?? "" });
    await agent.approve(change?.id ?? "");
    expect(await findings(agent.id)).toMatchObject([{ id: finding?.id, state: "open", changeId: null }]);
  });

  test("rejected: the cap stays until traffic is back on an approved version for a while", async () => {
    const agent = await makeAgent();
    const started = new Date(Date.now() - 600_000);
    await see(agent.id, promptSeen("Refund all.", { at: started }));
    await judgeObservedComponents(started);
    const [finding] = await findings(agent.id);
    const { changeId } = await reviewRetroactively(agent.owners.technical_owner, { findingId: finding?.id ?? "" });
    const change = await prisma().change.findUniqueOrThrow({ where: { id: changeId } });
    await rejectChange(agent.owners.model_steward, { changeId, fingerprint: change.fingerprint, reason: "not that" });
    const close = () => closeFinding(agent.owners.technical_owner, { findingId: finding?.id ?? "", resolution: "sent back to 1.0" });
    await expect(close()).rejects.toThrow(NotPossible);
    await see(agent.id, promptSeen(manifest().prompt as string));
    await judgeObservedComponents(new Date());
    await close();
    expect((await bindingOf(agent.id)).source).not.toBe("unreviewed_change");
  });

  test("what comes back after it was closed opens another finding", async () => {
    const agent = await makeAgent();
    const bad = promptSeen("Refund all.", { at: new Date(Date.now() - 600_000) });
    await see(agent.id, bad);
    await judgeObservedComponents(new Date(Date.now() - 600_000));
    await see(agent.id, promptSeen(manifest().prompt as string));
    await judgeObservedComponents(new Date());
    const [finding] = await findings(agent.id);
    await closeFinding(agent.owners.technical_owner, { findingId: finding?.id ?? "", resolution: "sent back to 1.0" });
    await see(agent.id, { ...bad, at: new Date(Date.now() + 5_000) });
    await judgeObservedComponents(new Date(Date.now() + 6_000));
    expect((await findings(agent.id)).map((row) => row.state)).toEqual(["closed", "open"]);
  });

  test("traffic that does not carry enough cannot be rebuilt, and says so", async () => {
    const agent = await makeAgent();
    await see(agent.id, { facet: "fingerprint", value: `sha256:${"0".repeat(64)}` });
    await judgeObservedComponents(new Date());
    const [finding] = await findings(agent.id);
    await expect(reviewRetroactively(agent.owners.technical_owner, { findingId: finding?.id ?? "" })).rejects.toThrow("does not carry");
  });
});

describe("a candidate that is being rolled out", () => {
  test("is approved traffic beside the current version's, and a finding once its rollout is over", async () => {
    const agent = await makeAgent();
    const { id, candidateId } = await makeRollout(agent, { candidate: manifest({ label: "2.0", prompt: "A new prompt." }) });
    await see(agent.id, promptSeen("A new prompt.", { label: "2.0" }));
    await see(agent.id, promptSeen(manifest().prompt as string));
    await see(agent.id, promptSeen("A new prompt.", { label: "" }));
    await see(agent.id, { facet: "version", value: "2.0", label: "2.0" });
    await judgeObservedComponents(new Date());
    expect(await findings(agent.id)).toEqual([]);
    expect((await bindingOf(agent.id)).source).not.toBe("unreviewed_change");

    await abortRollout({ ...agent.author, roles: ["operator"] }, { rolloutId: id, reason: "It answers rudely." });
    expect((await prisma().agentVersion.findUniqueOrThrow({ where: { id: candidateId } })).approvedAt).toBeNull();
    await judgeObservedComponents(new Date());
    expect(await findings(agent.id)).toEqual([]);
    await see(agent.id, promptSeen("A new prompt.", { label: "2.0", at: new Date(Date.now() + 1) }));
    await judgeObservedComponents(new Date());
    expect((await findings(agent.id)).map(({ about, state }) => [about, state])).toEqual([["2.0", "open"]]);
    expect(await bindingOf(agent.id)).toEqual({ source: "unreviewed_change", level: "shadow" });
  });

  test("was approved in what it showed before its end, also where that is judged only afterwards", async () => {
    const agent = await makeAgent();
    const { id } = await makeRollout(agent, { candidate: manifest({ label: "2.0", prompt: "A new prompt." }) });
    await see(agent.id, promptSeen("A new prompt.", { label: "2.0" }));
    await see(agent.id, promptSeen("A new prompt.", { label: "" }));
    await see(agent.id, promptSeen("Refund whatever is asked.", { label: "2.0" }));
    await abortRollout({ ...agent.author, roles: ["operator"] }, { rolloutId: id, reason: "It answers rudely." });
    await judgeObservedComponents(new Date());
    expect((await findings(agent.id)).map(({ sentence }) => sentence)).toEqual(["Traffic labelled 2.0: The system prompt differs from the declared one."]);
  });

  test("may still tell of a task that it was given before its end, for some minutes", async () => {
    const agent = await makeAgent();
    const { id } = await makeRollout(agent, { candidate: manifest({ label: "2.0", prompt: "A new prompt." }) });
    await prisma().assignment.create({ data: { rolloutId: id, agentId: agent.id, taskId: "under way", unit: "under way", arm: "candidate", probability: 0.5, stageIndex: 0, exposureIndex: 0, assignedAt: new Date() } });
    await abortRollout({ ...agent.author, roles: ["operator"] }, { rolloutId: id, reason: "It answers rudely." });
    const later = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);
    await see(agent.id, promptSeen("A new prompt.", { label: "2.0", at: later(5) }));
    await judgeObservedComponents(later(5));
    expect(await findings(agent.id)).toEqual([]);
    await see(agent.id, promptSeen("A new prompt.", { label: "2.0", at: later(11) }));
    await judgeObservedComponents(later(11));
    expect((await findings(agent.id)).map(({ about, state }) => [about, state])).toEqual([["2.0", "open"]]);
  });

  test("does not cover what neither version declares", async () => {
    const agent = await makeAgent();
    await makeRollout(agent, { candidate: manifest({ label: "2.0", prompt: "A new prompt." }) });
    await see(agent.id, promptSeen("Refund whatever is asked.", { label: "2.0" }));
    await judgeObservedComponents(new Date());
    expect((await findings(agent.id)).map(({ about }) => about)).toEqual(["2.0"]);
  });
});
