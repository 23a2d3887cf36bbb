import { beforeAll, describe, expect, test } from "vitest";
import { NotFound } from "../errors.ts";
import { bundleNow } from "../operations/bundle-now.ts";
import { checkCall } from "../operations/check-calls.ts";
import { prisma } from "../database/database.ts";
import { ACTING_POLICY, makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { findAgentPolicy, readDraft, replayOfDraft, tryDraft } from "./agent-policy.ts";

useDatabase();

let agent: ActingAgent;
let versionId: string;
const draft = (text: string) => ({ agentId: agent.id, versionId, text });
const FACTS = { hour: 10, weekday: 2, callsInRun: 0, authority: "partial" as const };

beforeAll(async () => {
  agent = await makeActingAgent();
  versionId = (await findAgentPolicy(agent.id))?.versionId ?? "";
});

describe("the policy of an agent", () => {
  test("comes with its text and what a rule can speak of", async () => {
    const policy = await findAgentPolicy(agent.id);
    expect(policy?.text).toBe(ACTING_POLICY);
    expect(policy?.tools.find(({ name }) => name === "refund_create")).toMatchObject({
      effect: "write", leftOut: [], arguments: expect.arrayContaining([{ path: ["amount"], kind: "decimal" }, { path: ["order"], kind: "string" }]) as unknown,
    });
    expect(JSON.parse(policy?.tools.find(({ name }) => name === "refund_create")?.example ?? "")).toEqual({ amount: 1, order: "example" });
  });

  test("that has no text starts from one that allows what the version declares", async () => {
    const bare = await makeAgent();
    const policy = await findAgentPolicy(bare.id);
    expect(policy?.text).toBeNull();
    const reading = await readDraft({ agentId: bare.id, versionId: policy?.versionId ?? "", text: policy?.template ?? "" });
    expect(reading).toMatchObject({ errors: [], items: [{ kind: "allow", tools: ["order_get", "refund_create"] }] });
  });

  test("without an approved version there is none", async () => {
    expect(await findAgentPolicy((await makeAgent({ isApproved: false })).id)).toBeNull();
    expect(await findAgentPolicy("nobody")).toBeNull();
  });
});

describe("a draft", () => {
  test("that speaks of an argument nobody declares has its error in the line", async () => {
    const { errors, items } = await readDraft(draft('permit(principal, action, resource);\nforbid(principal, action == Action::"refund_create", resource)\n  when { context.input.amout == decimal("1.0") };'));
    expect(errors).toEqual([expect.objectContaining({ line: 3 })]);
    expect(items).toHaveLength(1);
  });

  test("that is no policy text has no rules", async () => {
    expect(await readDraft(draft("permit(principal, ac"))).toMatchObject({ items: null, errors: [expect.objectContaining({ line: 1 })] });
  });

  test("is not read for another agent's version", async () => {
    await expect(readDraft({ agentId: "another", versionId, text: "" })).rejects.toThrow(NotFound);
    await expect(tryDraft({ agentId: "another", versionId, text: "" }, { tool: "order_get", input: "{}", facts: FACTS })).rejects.toThrow(NotFound);
  });
});

describe("a call that is tried", () => {
  const tryAmount = (amount: number, facts: object = {}) => tryDraft(draft(ACTING_POLICY), { tool: "refund_create", input: JSON.stringify({ amount }), facts: { ...FACTS, ...facts } });

  test.each([[20, {}, "permit", ["all"]], [200, {}, "hold", ["over-100"]], [600, {}, "hold", ["over-100", "over-500"]], [200, { approval: { granted: true } }, "permit", ["all"]], [2_000, { approval: { granted: true } }, "deny", ["no-fortunes"]]])(
    "with %d and %j: %s by %j", async (amount, facts, decision, ids) => {
      const tried = await tryAmount(amount, facts);
      expect(tried).toMatchObject({ kind: "decided", amountMinor: amount * 100, verdict: { decision } });
      expect(tried.kind === "decided" && tried.verdict.policies.map(({ id }) => id)).toEqual(ids);
    },
  );

  test("knows what the call moves", async () => {
    const text = 'permit(principal, action, resource) when { context has amountMinor && context.amountMinor <= 500 };';
    const of = async (amount: number) => tryDraft(draft(text), { tool: "refund_create", input: JSON.stringify({ amount }), facts: FACTS });
    expect(await of(5)).toMatchObject({ verdict: { decision: "permit" } });
    expect(await of(5.01)).toMatchObject({ verdict: { decision: "deny" } });
  });

  test.each([[{ hour: NaN }, "hour"], [{ confidence: 2 }, "confidence"], [{ spentTodayMinor: 0.5 }, "spentTodayMinor"]])("with the fact %j is refused and says so", async (facts, name) => {
    const tried = await tryAmount(20, facts);
    expect(tried).toMatchObject({ kind: "decided", verdict: { decision: "deny", error: "facts" } });
    expect(tried.kind === "decided" && tried.verdict.sentence).toContain(name);
  });

  test("of no JSON, or under a draft with errors, is not tried", async () => {
    expect(await tryDraft(draft(ACTING_POLICY), { tool: "order_get", input: "{", facts: FACTS })).toMatchObject({ kind: "not_tried" });
    expect(await tryDraft(draft("permit"), { tool: "order_get", input: "{}", facts: FACTS })).toMatchObject({ kind: "not_tried" });
  });

  test("with a name that means something to the language is refused", async () => {
    expect(await tryDraft(draft(ACTING_POLICY), { tool: "order_get", input: '{"__proto__":{"order":"1"}}', facts: FACTS })).toMatchObject({ kind: "decided", verdict: { decision: "deny", error: "arguments" } });
  });
});

test("a draft is tried on the calls that were recorded, before it is registered", async () => {
  const bundle = await prisma().$transaction((tx) => bundleNow(tx, agent.id, new Date()));
  for (const [index, amount] of [20, 50, 200, 700].entries()) {
    await checkCall(agent.key, { agentId: agent.id, conversationId: "c", toolCallId: `d${index}`, tool: "refund_create", input: { amount }, onBehalfOf: null, confidence: null }, bundle);
  }
  const versions = await prisma().agentVersion.count({ where: { agentId: agent.id } });
  expect(await replayOfDraft(draft(ACTING_POLICY.replace("100.0", "30.0")))).toMatchObject({ kind: "replayed", class: "narrowed", decided: 4, narrowed: 1, widened: 0 });
  expect(await replayOfDraft(draft(ACTING_POLICY))).toMatchObject({ class: "same", flips: [] });
  expect(await replayOfDraft(draft("forbid"))).toBeNull();
  expect(await prisma().agentVersion.count({ where: { agentId: agent.id } })).toBe(versions);
});
