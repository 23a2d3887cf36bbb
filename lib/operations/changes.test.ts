import { describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { Conflict, NotPermitted, NotPossible } from "../errors.ts";
import { makeAgent, makePerson, manifest, type MadeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { approveChange, expireChanges, recordSpotCheck, recordSuiteResult, rejectChange, withdrawChange } from "./changes.ts";
import { assignOwners } from "./agents.ts";
import { setPersonDisabled, systemActor } from "./people.ts";
import { waiveRollout } from "./promote-rollout.ts";
import { proposeReviewPolicy } from "./review-policy.ts";
import { lowerStage, lowerTier, proposeStage, proposeTier } from "./stages.ts";
import { askRelease, engageStop, releaseStop } from "./stops.ts";
import { loadAuthorityFacts } from "../database/authority-facts.ts";
import { AUTONOMY_STAGES, type AutonomyStage } from "../domain/authority-level.ts";
import { computeAuthority } from "../domain/authority.ts";
import { defaultReviewPolicy } from "../domain/default-review-policy.ts";

useDatabase();

const widened = () => manifest({ tools: manifest().tools.map((tool) => (tool.name === "refund_create" ? { ...tool, inputSchema: { type: "object", properties: { amount: { type: "number", maximum: 400 } } } } : tool)) });
const reworded = (text: string) => manifest({ prompt: text });
const changeOf = (id: string) => prisma().change.findUniqueOrThrow({ where: { id }, include: { reviews: true } });
const authorityOf = async (agentId: string) => computeAuthority(await prisma().$transaction((tx) => loadAuthorityFacts(tx, agentId, new Date())), new Date());

async function openChange(agent: MadeAgent, recipe = widened()) {
  const registered = await agent.register(recipe);
  if (!registered.change) throw new Error("no change was proposed");
  return { id: registered.change.id, fingerprint: registered.version.fingerprint, versionId: registered.version.id };
}

const passSuites = async (agent: MadeAgent, change: { id: string; fingerprint: string }) => {
  for (const suite of ["golden", "regression", "red_team"] as const) {
    await recordSuiteResult(agent.owners.model_steward, { changeId: change.id, suite, fingerprint: change.fingerprint, passed: 5, failed: 0, undecided: 0, url: null });
  }
};

describe("approving a change", () => {
  test("takes every obligation, then waits for its rollout, and when that is over the version is current and the agent is free again", async () => {
    const agent = await makeAgent();
    const change = await openChange(agent);
    expect((await changeOf(change.id)).class).toBe("critical");
    expect((await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } })).authorityBinding).not.toBe("tier");
    await passSuites(agent, change);
    const first = await approveChange(agent.owners.technical_owner, { changeId: change.id, fingerprint: change.fingerprint, comment: null });
    expect(first).toEqual({ state: "open", blockers: ["Business owner has not approved."], rolloutId: null });
    const second = await approveChange(agent.owners.business_owner, { changeId: change.id, fingerprint: change.fingerprint, comment: "good" });
    expect(second.state).toBe("approved");
    expect((await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } })).currentVersionId).not.toBe(change.versionId);
    for (const owner of [agent.owners.business_owner, agent.owners.technical_owner]) await waiveRollout(owner, { rolloutId: second.rolloutId ?? "", revision: 1, reason: "Tried elsewhere." });
    const row = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
    expect(row.currentVersionId).toBe(change.versionId);
    expect((await authorityOf(agent.id)).constraints.find((constraint) => constraint.source === "open_change")?.level).toBeNull();
  });

  test("a suite that cannot tell blocks, and a later result opens", async () => {
    const agent = await makeAgent();
    const change = await openChange(agent);
    await recordSuiteResult(agent.owners.model_steward, { changeId: change.id, suite: "red_team", fingerprint: change.fingerprint, passed: 60, failed: 0, undecided: 2, url: null });
    await approveChange(agent.owners.technical_owner, { changeId: change.id, fingerprint: change.fingerprint, comment: null });
    const status = await approveChange(agent.owners.business_owner, { changeId: change.id, fingerprint: change.fingerprint, comment: null });
    expect(status.state).toBe("open");
    expect(status.blockers.join()).toMatch(/2 need a person's verdict/);
    const result = await recordSuiteResult(agent.owners.model_steward, { changeId: change.id, suite: "red_team", fingerprint: change.fingerprint, passed: 62, failed: 0, undecided: 0, url: null });
    expect(result.state).toBe("approved");
  });

  test("the author never approves, in whatever role", async () => {
    const agent = await makeAgent();
    const change = await openChange(agent);
    const author = { ...agent.author, owns: { [agent.id]: ["business_owner", "technical_owner", "model_steward"] as const } };
    await expect(approveChange(author, { changeId: change.id, fingerprint: change.fingerprint, comment: null })).rejects.toThrow(NotPermitted);
    expect((await changeOf(change.id)).reviews).toHaveLength(0);
  });

  test("one person who holds both roles does not count twice", async () => {
    const agent = await makeAgent();
    const change = await openChange(agent);
    await passSuites(agent, change);
    const both = { ...agent.owners.technical_owner, owns: { [agent.id]: ["business_owner", "technical_owner"] as const } };
    expect((await approveChange(both, { changeId: change.id, fingerprint: change.fingerprint, comment: null })).state).toBe("open");
    await expect(approveChange(both, { changeId: change.id, fingerprint: change.fingerprint, comment: null })).rejects.toThrow("decided already");
  });

  test("twenty approvals at the same moment: each person counts once, and the change takes effect exactly once", async () => {
    for (let round = 0; round < 5; round++) {
      const agent = await makeAgent();
      const change = await openChange(agent);
      await passSuites(agent, change);
      const people = [agent.owners.technical_owner, agent.owners.business_owner];
      const answers = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) => approveChange(people[index % 2] ?? agent.owners.technical_owner, { changeId: change.id, fingerprint: change.fingerprint, comment: null })),
      );
      const given = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value.state] : []));
      expect(given.toSorted()).toEqual(["approved", "open"]);
      expect((await changeOf(change.id)).reviews).toHaveLength(2);
      expect(await prisma().logEntry.count({ where: { subject: change.id, kind: "change.approved" } })).toBe(1);
    }
  });

  test("an edit voids what was approved, and an approval from the old page is refused", async () => {
    const agent = await makeAgent();
    const change = await openChange(agent);
    await approveChange(agent.owners.technical_owner, { changeId: change.id, fingerprint: change.fingerprint, comment: null });
    const edited = await agent.register(reworded("Something else entirely."), { replacesChangeId: change.id });
    const row = await changeOf(change.id);
    expect(row.fingerprint).toBe(edited.version.fingerprint);
    expect(row.reviews[0]?.voidedReason).toMatch(/edited/);
    await expect(approveChange(agent.owners.business_owner, { changeId: change.id, fingerprint: change.fingerprint, comment: null })).rejects.toThrow(Conflict);
    expect((await changeOf(change.id)).state).toBe("open");
  });

  test("what somebody approved whose access is taken away counts no more, and what is decided stays decided", async () => {
    const [agent, administrator] = [await makeAgent(), await makePerson("Ada Moe", ["administrator"])];
    const [owner, decided] = [agent.owners.technical_owner, await openChange(agent, reworded("Be kind."))];
    await rejectChange(agent.owners.business_owner, { changeId: decided.id, fingerprint: decided.fingerprint, reason: "Not now." });
    const change = await openChange(agent);
    await passSuites(agent, change);
    await approveChange(owner, { changeId: change.id, fingerprint: change.fingerprint, comment: null });
    await setPersonDisabled(administrator, { personId: owner.id, isDisabled: true });
    expect((await changeOf(change.id)).reviews.map(({ voidedReason }) => voidedReason)).toEqual([expect.stringContaining("access")]);
    expect((await changeOf(decided.id)).reviews.map(({ voidedAt }) => voidedAt)).toEqual([null]);
    const second = await approveChange(agent.owners.business_owner, { changeId: change.id, fingerprint: change.fingerprint, comment: null });
    expect(second).toMatchObject({ state: "open", blockers: ["Technical owner has not approved."] });
    await setPersonDisabled(administrator, { personId: owner.id, isDisabled: false });
    expect(await approveChange(owner, { changeId: change.id, fingerprint: change.fingerprint, comment: null })).toMatchObject({ state: "approved" });
  });

  test("when the live version moves, other proposals are compared anew and their approvals are void", async () => {
    const agent = await makeAgent();
    const waiting = await openChange(agent);
    await approveChange(agent.owners.technical_owner, { changeId: waiting.id, fingerprint: waiting.fingerprint, comment: null });
    const other = await openChange(agent, reworded("You handle refunds with care."));
    await agent.approve(other.id);
    const row = await changeOf(waiting.id);
    expect(row.fromVersionId).toBe(other.versionId);
    expect(row.reviews.every((review) => review.voidedAt !== null)).toBe(true);
    expect((row.facts as { kind: string }[]).map((fact) => fact.kind)).toContain("prompt_wording");
  });
});

test("a harmless change that passes by itself moves the live version, too, and what else is open is compared anew", async () => {
  const agent = await makeAgent();
  const waiting = await openChange(agent);
  await approveChange(agent.owners.technical_owner, { changeId: waiting.id, fingerprint: waiting.fingerprint, comment: null });
  const { version, change } = await agent.register(reworded("You handle refunds  for the web shop."));
  expect(change?.state).toBe("approved");
  const row = await changeOf(waiting.id);
  expect(row).toMatchObject({ fromVersionId: version.id, state: "open", revision: 2 });
  expect(row.reviews.map(({ voidedAt }) => voidedAt !== null)).toEqual([true]);
});

test("while the current version is stopped a harmless change waits for a person, and passes by itself once two have released the stop", async () => {
  const agent = await makeAgent();
  const { currentVersionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
  const { stopId } = await engageStop(agent.owners.business_owner, { scope: "version", target: currentVersionId ?? "", reason: null });
  const waiting = await openChange(agent, reworded("You handle refunds  for the web shop."));
  expect(await changeOf(waiting.id)).toMatchObject({ state: "open", class: "harmless" });
  expect(await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } })).toMatchObject({ currentVersionId });
  expect(await prisma().logEntry.findFirstOrThrow({ where: { subject: waiting.id, kind: "change.proposed" } })).toMatchObject({ body: expect.stringContaining(stopId) as string });
  await approveChange(agent.owners.technical_owner, { changeId: waiting.id, fingerprint: waiting.fingerprint, comment: null });
  expect(await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } })).toMatchObject({ currentVersionId: waiting.versionId });

  const again = (await engageStop(agent.owners.business_owner, { scope: "version", target: waiting.versionId, reason: null })).stopId;
  await askRelease(agent.owners.technical_owner, { stopId: again, reason: "All is well." });
  await releaseStop(agent.owners.model_steward, { stopId: again });
  expect((await agent.register(reworded("You handle refunds   for the web shop."))).change?.state).toBe("approved");
});

describe("other ends", () => {
  test("reject, withdraw and expire are three different words, and none is undone", async () => {
    const agent = await makeAgent();
    const rejected = await openChange(agent);
    await rejectChange(agent.owners.business_owner, { changeId: rejected.id, fingerprint: rejected.fingerprint, reason: "too far" });
    const withdrawn = await openChange(agent, reworded("one"));
    await withdrawChange(agent.author, { changeId: withdrawn.id, reason: null });
    const expired = await openChange(agent, reworded("two"));
    await expireChanges(new Date(Date.now() + 8 * 86_400_000));
    expect([await changeOf(rejected.id), await changeOf(withdrawn.id), await changeOf(expired.id)].map((change) => change.state)).toEqual(["rejected", "withdrawn", "expired"]);
    await expect(approveChange(agent.owners.business_owner, { changeId: rejected.id, fingerprint: rejected.fingerprint, comment: null })).rejects.toThrow("was rejected by Ingrid Holm");
  });

  test("an approval after the expiry is refused before any sweep has run", async () => {
    const agent = await makeAgent();
    const change = await openChange(agent);
    const late = new Date(Date.now() + 30 * 86_400_000);
    await expect(approveChange(agent.owners.business_owner, { changeId: change.id, fingerprint: change.fingerprint, comment: null }, late)).rejects.toThrow("time to decide is over");
  });

  test("harmless changes pass by themselves and are sampled", async () => {
    const agent = await makeAgent();
    const states: string[] = [];
    for (let spaces = 1; spaces <= 30; spaces++) {
      const { change } = await agent.register(reworded(`You handle refunds${" ".repeat(spaces + 1)}for the web shop.`));
      states.push(change?.state ?? "none");
    }
    expect(new Set(states)).toEqual(new Set(["approved"]));
    await prisma().change.updateMany({ where: { agentId: agent.id, class: "harmless" }, data: { spotCheckDue: true } });
    const sampled = await prisma().change.findFirstOrThrow({ where: { agentId: agent.id, class: "harmless" } });
    await expect(recordSpotCheck(agent.author, { changeId: sampled.id, isGood: true, comment: null })).rejects.toThrow(NotPermitted);
    await recordSpotCheck(agent.owners.model_steward, { changeId: sampled.id, isGood: true, comment: null });
    await expect(recordSpotCheck(agent.owners.technical_owner, { changeId: sampled.id, isGood: true, comment: null })).rejects.toThrow(Conflict);
  });

  test("the same manifest is one version and one change, also twenty times at once", async () => {
    const agent = await makeAgent();
    const answers = await Promise.all(Array.from({ length: 20 }, () => agent.register(widened())));
    expect(new Set(answers.map((answer) => answer.version.id)).size).toBe(1);
    expect(await prisma().change.count({ where: { agentId: agent.id, state: "open" } })).toBe(1);
  });
});

describe("stage, tier and policy", () => {
  test("a stage is raised by both owners, one after the other, and lowered by either at once", async () => {
    const agent = await makeAgent();
    let before: AutonomyStage = "shadow";
    for (const stage of ["assisted", "partial", "bounded"] as const) {
      const { changeId } = await proposeStage(agent.author, { agentId: agent.id, stage, reason: "a good month" });
      const { fingerprint } = await changeOf(changeId);
      await approveChange(agent.owners.technical_owner, { changeId, fingerprint, comment: null });
      expect((await authorityOf(agent.id)).level).toBe(before);
      await approveChange(agent.owners.business_owner, { changeId, fingerprint, comment: null });
      expect((await authorityOf(agent.id)).level).toBe(stage);
      before = stage;
    }
    await lowerStage(agent.owners.technical_owner, { agentId: agent.id, stage: "assisted", reason: "strange refunds" });
    expect((await authorityOf(agent.id)).binding.source).toBe("stage");
    await expect(lowerStage(agent.owners.technical_owner, { agentId: agent.id, stage: "partial", reason: "back again" })).rejects.toThrow(NotPossible);
  });

  test.each(AUTONOMY_STAGES.flatMap((from, index) => AUTONOMY_STAGES.slice(index + 2).map((to) => [from, to] as const)))("no stage is left out: not from %s to %s", async (from, to) => {
    const agent = await makeAgent();
    await prisma().agent.update({ where: { id: agent.id }, data: { stage: from } });
    await expect(proposeStage(agent.author, { agentId: agent.id, stage: to, reason: "a good month" })).rejects.toThrow(`after ${from} comes`);
  });

  test("an approval that is older than a lowering raises nothing, of the stage or of the tier", async () => {
    const agent = await makeAgent({ tier: 1 });
    await prisma().agent.update({ where: { id: agent.id }, data: { stage: "assisted" } });
    const raised = [
      await proposeStage(agent.author, { agentId: agent.id, stage: "partial", reason: "a good month" }), await proposeTier(agent.author, { agentId: agent.id, tier: 2, answers: {}, reason: "limits are set" }),
    ];
    const [stage] = raised;
    await approveChange(agent.owners.technical_owner, { changeId: stage?.changeId ?? "", fingerprint: (await changeOf(stage?.changeId ?? "")).fingerprint, comment: null });
    await lowerStage(agent.owners.technical_owner, { agentId: agent.id, stage: "shadow", reason: "strange refunds" });
    await lowerTier(agent.owners.business_owner, { agentId: agent.id, tier: 0, reason: "strange refunds" });
    for (const { changeId } of raised) {
      const { state, fingerprint } = await changeOf(changeId);
      expect(state).toBe("superseded");
      await expect(approveChange(agent.owners.business_owner, { changeId, fingerprint, comment: null })).rejects.toThrow(Conflict);
    }
    expect(await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } })).toMatchObject({ stage: "shadow", tier: 0 });
  });

  test("nothing is raised from where it was not asked, however the agent came there", async () => {
    const agent = await makeAgent({ tier: 0 });
    const raised = [
      await proposeStage(agent.author, { agentId: agent.id, stage: "assisted", reason: "a good month" }), await proposeTier(agent.author, { agentId: agent.id, tier: 2, answers: { money: true }, reason: "limits are set" }),
    ];
    await approveChange(agent.owners.technical_owner, { changeId: raised[0]?.changeId ?? "", fingerprint: (await changeOf(raised[0]?.changeId ?? "")).fingerprint, comment: null });
    await prisma().agent.update({ where: { id: agent.id }, data: { stage: "bounded", tier: 1 } });
    for (const { changeId } of raised) {
      const { fingerprint } = await changeOf(changeId);
      await expect(approveChange(agent.owners.business_owner, { changeId, fingerprint, comment: null })).rejects.toThrow(/no longer stands where/);
      expect((await changeOf(changeId)).reviews.filter(({ personId }) => personId === agent.owners.business_owner.id)).toEqual([]);
    }
  });

  test("a tier that is stopped is left by a release, not by another tier", async () => {
    const agent = await makeAgent({ tier: 1 });
    const { business_owner: ingrid } = agent.owners;
    const { changeId } = await proposeTier(agent.author, { agentId: agent.id, tier: 2, answers: {}, reason: "limits are set" });
    const { fingerprint } = await changeOf(changeId);
    const { stopId } = await engageStop(agent.author, { scope: "tier", target: "1", reason: null });
    await expect(lowerTier(ingrid, { agentId: agent.id, tier: 0, reason: "safer" })).rejects.toThrow(/kill switch of tier 1 is engaged/);
    await expect(approveChange(ingrid, { changeId, fingerprint, comment: null })).rejects.toThrow(/kill switch of tier 1 is engaged/);
    expect(await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } })).toMatchObject({ tier: 1 });
    await prisma().stop.update({ where: { id: stopId }, data: { releasedAt: new Date() } });
    await lowerTier(ingrid, { agentId: agent.id, tier: 0, reason: "safer" });
    expect(await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } })).toMatchObject({ tier: 0 });
  });

  test("another current version supersedes the stage that was asked for the old one", async () => {
    const agent = await makeAgent();
    const { changeId } = await proposeStage(agent.author, { agentId: agent.id, stage: "assisted", reason: "a good month" });
    const next = await openChange(agent);
    await agent.approve(next.id);
    expect((await changeOf(changeId)).state).toBe("superseded");
  });

  test("a tier needs the business owner, and not as the one who asks", async () => {
    const agent = await makeAgent({ tier: null });
    const { changeId } = await proposeTier(agent.owners.business_owner, { agentId: agent.id, tier: 2, answers: {}, reason: "limits are set" });
    const { fingerprint } = await changeOf(changeId);
    await expect(approveChange(agent.owners.business_owner, { changeId, fingerprint, comment: null })).rejects.toThrow(NotPermitted);
    const deputy = await makePerson("Marc Weiss", [], { [agent.id]: ["business_owner"] });
    await assignOwners({ ...agent.author, roles: ["administrator"] }, {
      agentId: agent.id,
      owners: [...(["business_owner", "technical_owner", "model_steward"] as const).map((role) => ({ role, personId: agent.owners[role].id, isDeputy: false, deputyUntil: null })),
        { role: "business_owner", personId: deputy.id, isDeputy: true, deputyUntil: new Date(Date.now() + 86_400_000) }],
    });
    await approveChange(deputy, { changeId, fingerprint, comment: null });
    expect((await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } })).tier).toBe(2);
  });

  test("the re-review policy changes only by somebody else's approval, and then classifies", async () => {
    const agent = await makeAgent();
    const content = { ...defaultReviewPolicy, rules: defaultReviewPolicy.rules.map((rule) => (rule.id === "R-01" ? { ...rule, class: "material" as const, obligations: [{ kind: "review" as const, role: "model_steward" as const }] } : rule)) };
    const { changeId } = await proposeReviewPolicy(agent.owners.technical_owner, { content, reason: "spaces matter to us" });
    const { fingerprint } = await changeOf(changeId);
    await expect(approveChange(agent.owners.technical_owner, { changeId, fingerprint, comment: null })).rejects.toThrow(NotPermitted);
    await approveChange(agent.owners.business_owner, { changeId, fingerprint, comment: null });
    const { change } = await agent.register(reworded("You handle   refunds for the web shop."));
    expect(change).toMatchObject({ class: "material", state: "open" });
  });
});

test("nobody without the role, no key and not the system can approve", async () => {
  const agent = await makeAgent();
  const change = await openChange(agent);
  const input = { changeId: change.id, fingerprint: change.fingerprint, comment: null };
  const others = [
    await makePerson("Viewer", ["viewer"]), await makePerson("Admin", ["administrator", "operator", "on_call", "auditor"]), await makePerson("Other", [], { elsewhere: ["business_owner"] }),
    { kind: "key", id: "k", name: "key", agentIds: ["*"], scopes: ["telemetry", "versions", "outcomes", "authority"] } as const, systemActor,
  ];
  for (const actor of others) await expect(approveChange(actor, input)).rejects.toThrow(NotPermitted);
});
