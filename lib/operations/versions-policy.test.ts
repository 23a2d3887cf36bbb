import { describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { Manifest } from "../domain/manifest.ts";
import { BadInput } from "../errors.ts";
import { ACTING_POLICY, actingManifest, makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { forcePolicy, makeAgent, manifest } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { bundleNow } from "./bundle-now.ts";
import { checkCall } from "./check-calls.ts";
import { systemActor } from "./people.ts";
import { rollbackVersion } from "./rollback-version.ts";
import { registerVersion, registrationSchema } from "./versions.ts";

useDatabase();

const ALLOW = "permit(principal, action, resource);";
const withText = (cedar: string, more: Partial<Manifest> = {}): Manifest => manifest({ policy: { limits: { refund: 150 }, cedar }, ...more });

describe("a manifest with a policy text", () => {
  test("is registered when the text fits its own tools, as a critical change that says what it is", async () => {
    const agent = await makeAgent();
    await agent.approve((await agent.register(withText(ALLOW))).change?.id ?? "");
    const { change } = await agent.register(withText(`${ALLOW}\nforbid(principal, action == Action::"refund_create", resource) when { context.hour < 6 };`));
    const stored = await prisma().change.findUniqueOrThrow({ where: { id: change?.id ?? "" } });
    expect(stored).toMatchObject({ class: "critical", state: "open", facts: [{ kind: "policy_text_changed", sentence: "The text of the policy says something else: +1 −0 lines. There were no recorded calls to try it on." }] });
    expect(stored.rules).toMatchObject([{ id: "R-09" }]);
    expect(stored.title).toMatch(/changes the policy's text$/);
  });

  test.each<[string, Manifest, RegExp]>([
    ["that does not parse", withText(`${ALLOW}\npermit(principal, action`), /At line 2, column 25: unexpected end of input/],
    ["about a tool that it does not declare", withText('permit(principal, action == Action::"payout_send", resource);'), /At line 1, column \d+: unrecognized action `Action::"payout_send"`/],
    ["about an argument that it does not declare", withText('permit(principal, action == Action::"refund_create", resource)\nwhen { context.input has amount && context.input.amout.lessThan(decimal("1.0")) };'), /At line 2, column 36: attribute `input.amout`.*did you mean `amount`/],
    ["about a tool that is gone", withText('permit(principal, action == Action::"refund_create", resource);', { tools: manifest().tools.slice(0, 1) }), /refund_create/],
    ["that is empty", withText(""), /There is no policy here/],
    ["with more errors than are shown", withText(Array.from({ length: 9 }, (_, index) => `permit(principal, action == Action::"t${index}", resource);`).join("\n")), /There are 6 more errors/],
  ])("is refused with a text %s, and nothing is kept of it", async (_, refused, sentence) => {
    const agent = await makeAgent();
    const versions = () => prisma().agentVersion.count({ where: { agentId: agent.id } });
    const before = await versions();
    await expect(agent.register(refused)).rejects.toThrow(sentence);
    await expect(agent.register(refused)).rejects.toBeInstanceOf(BadInput);
    expect(await versions()).toBe(before);
  });

  test.each(["api", "console", "observed"] as const)("is refused whichever way it comes: %s", async (source) => {
    const agent = await makeAgent();
    const actor = source === "console" ? agent.owners.technical_owner : systemActor;
    await expect(registerVersion(actor, registrationSchema.parse({ agentId: agent.id, manifest: withText("nonsense"), source }))).rejects.toBeInstanceOf(BadInput);
  });

  test("is refused as an edit of an open change, whose approvals stay", async () => {
    const agent = await makeAgent();
    const { change } = await agent.register(withText(ALLOW));
    await expect(agent.register(withText("nonsense"), { replacesChangeId: change?.id ?? "" })).rejects.toBeInstanceOf(BadInput);
    expect(await prisma().change.findUniqueOrThrow({ where: { id: change?.id ?? "" } })).toMatchObject({ state: "open", revision: 1 });
  });
});

const AMOUNTS = [20, 99, 101, 400, 700, 2_000];

async function agentWithCalls(): Promise<ActingAgent> {
  const agent = await makeActingAgent();
  const bundle = await prisma().$transaction((tx) => bundleNow(tx, agent.id, new Date()));
  for (const [index, amount] of AMOUNTS.entries()) {
    await checkCall(agent.key, { agentId: agent.id, conversationId: "c", toolCallId: `t${index}`, tool: "refund_create", input: { amount }, onBehalfOf: null, confidence: null }, bundle, new Date(Date.UTC(2026, 10, 20, 10, index)));
  }
  return agent;
}

const withCedar = (cedar: string, more: Partial<Manifest> = {}): Manifest => actingManifest({ policy: { cedar }, ...more });
const storedChange = async (id: string | undefined) => {
  const { class: changeClass, facts, rules, fromVersionId } = await prisma().change.findUniqueOrThrow({ where: { id: id ?? "" } });
  return { changeClass, facts: facts as { kind: string; sentence: string }[], rules: rules as { id: string }[], fromVersionId };
};
const HELD_LESS = ACTING_POLICY.replace("100.0", "450.0");
const REFUSED_MORE = `${ACTING_POLICY}\n@id("cap") forbid(principal, action == Action::"refund_create", resource) when { context.input.amount.greaterThan(decimal("650.0")) };`;
const SINCE = "of the last 6 recorded calls, since 2026-11-20 10:00 UTC,";

describe("a policy text that is changed", () => {
  test.each<[string, string, string, string, string, string]>([
    ["permits more", HELD_LESS, "policy_text_widened", "critical", "R-09", `The text of the policy permits more: ${SINCE} 2 that the old text holds would be permitted.`],
    ["permits more and less", `${HELD_LESS}\nforbid(principal, action == Action::"refund_create", resource) when { context.input.amount.lessThan(decimal("50.0")) };`, "policy_text_mixed", "critical", "R-09",
      `The text of the policy permits more in some calls and less in others: ${SINCE} 2 that the old text holds would be permitted and 1 that the old text permits would be refused.`],
    ["can only permit less", REFUSED_MORE, "policy_text_narrowed", "harmless", "R-12", `The text of the policy permits nothing more than before: ${SINCE} 1 that the old text holds would be refused.`],
    ["permits less in what was called", ACTING_POLICY.replace("1000.0", "650.0"), "policy_text_changed", "critical", "R-09",
      "The text of the policy says something else: +1 −1 lines. Of the last 6 recorded calls, since 2026-11-20 10:00 UTC, 1 that the old text holds would be refused. It is not proven for any other call: a forbid was changed or taken away."],
  ])("is classified by recorded calls: it %s", async (_, cedar, kind, changeClass, rule, sentence) => {
    const agent = await agentWithCalls();
    const { change } = await agent.register(withCedar(cedar));
    expect(await storedChange(change?.id)).toMatchObject({ changeClass, facts: [{ kind, sentence }], rules: [{ id: rule }] });
    const entry = await prisma().logEntry.findFirstOrThrow({ where: { subject: change?.id ?? "", kind: "change.proposed" } });
    expect(JSON.stringify(entry.body)).toContain(sentence);
    // Nobody's word lets it pass: one reviewer and a suite at least.
    expect(change?.state).toBe("open");
  });

  test("is classified anew when the proposal is edited, and when another version becomes current", async () => {
    const agent = await agentWithCalls();
    const { change } = await agent.register(withCedar(HELD_LESS));
    await agent.register(withCedar(REFUSED_MORE), { replacesChangeId: change?.id ?? "" });
    expect((await storedChange(change?.id)).facts).toMatchObject([{ kind: "policy_text_narrowed" }]);

    const other = await agent.register(withCedar(HELD_LESS, { prompt: "Be brief." }));
    await agent.approve(other.change?.id ?? "");
    const rebased = await storedChange(change?.id);
    expect(rebased.fromVersionId).toBe(other.version.id);
    expect(rebased.facts.map(({ kind }) => kind)).toEqual(["policy_text_changed", "prompt_wording"]);
    expect(rebased.facts[0]?.sentence).toContain(`Of the last 6 recorded calls, since 2026-11-20 10:00 UTC, 2 that the old text permits would be held and 1 that the old text holds would be refused. It is not proven`);

    // Going back waits for nothing, so nothing is said that was not tried.
    await rollbackVersion(agent.owners.technical_owner, { agentId: agent.id, reason: "Too generous." });
    expect(await storedChange(change?.id)).toMatchObject({ changeClass: "critical", facts: [{ kind: "policy_text_changed", sentence: "The text of the policy says something else: +1 −0 lines. It was not tried on recorded calls." }] });
  });

  test("is critical by a re-review policy that does not know the kind, even when it can only permit less", async () => {
    const agent = await agentWithCalls();
    await forcePolicy((policy) => ({ ...policy, rules: policy.rules.map((rule) => ({ ...rule, facts: rule.facts.filter((kind) => kind !== "policy_text_narrowed") })) }));
    const { change } = await agent.register(withCedar(REFUSED_MORE));
    expect(await storedChange(change?.id)).toMatchObject({ changeClass: "critical", facts: [{ kind: "policy_text_narrowed" }], rules: [{ id: "unmatched" }] });
    await forcePolicy((policy) => ({ ...policy, rules: policy.rules.map((rule) => (rule.id === "R-12" ? { ...rule, facts: [...rule.facts, "policy_text_narrowed"] } : rule)) }));
  });

  test("is proposed by ten at once, each against what is current", async () => {
    const agent = await agentWithCalls();
    const registered = await Promise.all(Array.from({ length: 10 }, (_, index) => agent.register(withCedar(`${REFUSED_MORE}\n// ${index}`))));
    for (const { change } of registered) expect((await storedChange(change?.id)).facts).toMatchObject([{ kind: "policy_text_narrowed" }]);
  });

  test("is registered for nobody who may not, before anything is tried", async () => {
    const agent = await agentWithCalls();
    await expect(registerVersion(agent.author, registrationSchema.parse({ agentId: agent.id, manifest: withCedar(HELD_LESS), source: "console" }))).rejects.toThrow(/Only .* may register versions/);
  });
});
