import { beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { Bundle } from "../domain/bundle.ts";
import type { Json } from "../domain/manifest.ts";
import { Unavailable } from "../errors.ts";
import { makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { bundleNow } from "./bundle-now.ts";
import { checkCall, type CheckedCall } from "./check-calls.ts";
import { lockUsage } from "./usage.ts";

useDatabase();

let one: ActingAgent;
let other: ActingAgent;
let bundles: Map<string, Bundle>;

beforeAll(async () => {
  [one, other] = [await makeActingAgent(), await makeActingAgent()];
  const read = async ({ id }: ActingAgent) => [id, await prisma().$transaction((tx) => bundleNow(tx, id, new Date()))] as const;
  bundles = new Map([await read(one), await read(other)]);
});

interface Asked {
  agent?: ActingAgent;
  tool?: string;
  input?: Json;
  conversationId: string;
  toolCallId: string;
}

function check({ agent = one, tool = "refund_create", input = { amount: 20, order: "5512" }, conversationId, toolCallId }: Asked, changes: Partial<Bundle> = {}): Promise<CheckedCall> {
  const bundle = bundles.get(agent.id);
  if (!bundle) throw new Error("no bundle");
  return checkCall(agent.key, { agentId: agent.id, conversationId, toolCallId, tool, input, onBehalfOf: null, confidence: null }, { ...bundle, ...changes });
}

const countOf = async (agent: ActingAgent, conversationId: string): Promise<number> => Number((await prisma().usageCounter.findUnique({ where: { agentId_scope_key: { agentId: agent.id, scope: "run", key: conversationId } } }))?.calls ?? 0n);

test("a held call keeps its way back, so that it can be taken back when its end is told", async () => {
  const held = async (tool: string, input: Json) => {
    const { approval } = await check({ tool, input, conversationId: "held", toolCallId: tool });
    return prisma().action.findUniqueOrThrow({ where: { id: approval?.id ?? "" } });
  };
  expect((await held("refund_create", { amount: 200 })).compensation).toEqual({ hook: { kind: "http", url: "https://payments.example.test/void" }, arguments: { amount: 200 }, description: "Void the refund.", withinHours: 24 });
  expect((await held("payout_send", { amount: 3 })).compensation).toBeNull();
});

describe("calls that come at the same time", () => {
  test("each get their own answer and record, whatever the others are", async () => {
    const asked: [Asked, string][] = Array.from({ length: 24 }, (_, index) => {
      const call = { agent: index % 2 === 0 ? one : other, conversationId: "mixed", toolCallId: `m${index}` };
      if (index % 4 === 1) return [{ ...call, input: { amount: 200 } }, "hold"];
      if (index % 6 === 2) return [{ ...call, input: { amount: 5_000 } }, "deny"];
      if (index % 6 === 3) return [{ ...call, tool: "nobody_knows_it", input: {} }, "deny"];
      return [call, "permit"];
    });
    const answers = await Promise.all(asked.map(([call]) => check(call)));
    expect(answers.map(({ decision }) => decision)).toEqual(asked.map(([, decision]) => decision));
    for (const agent of [one, other]) expect(await countOf(agent, "mixed")).toBe(asked.filter(([call, decision]) => call.agent === agent && decision === "permit").length);
    const stored = await prisma().gateDecision.findMany({ where: { conversationId: "mixed" } });
    expect(new Map(stored.map(({ id, decision }) => [id, decision]))).toEqual(new Map(answers.map(({ evaluationId, decision }) => [evaluationId, decision])));
    const logged = await prisma().logEntry.findMany({ where: { kind: "decision.made", subject: { in: answers.map(({ evaluationId }) => evaluationId) } } });
    expect(logged).toHaveLength(answers.length);
    const again = await Promise.all(asked.map(([call]) => check(call)));
    expect(again.map(({ evaluationId }) => evaluationId)).toEqual(answers.map(({ evaluationId }) => evaluationId));
    expect(await prisma().action.count({ where: { conversationId: "mixed" } })).toBe(asked.filter(([, decision]) => decision === "hold").length);
  });

  test("are counted exactly beside whoever counts statement by statement", async () => {
    const bySteps = async (): Promise<void> => prisma().$transaction(async (tx) => {
      const counted = { conversationId: "beside", tool: "refund_create", onBehalfOf: null, amount: null };
      const usage = await lockUsage(tx, one.id, [counted], new Date());
      usage.add(counted, new Date());
      await usage.store(tx, new Date());
    }, { maxWait: 20_000, timeout: 20_000 });
    await Promise.all(Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? bySteps() : check({ conversationId: "beside", toolCallId: `b${index}` }))));
    expect(await countOf(one, "beside")).toBe(30);
  });

  test("asked twice in one group have one record", async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => check({ conversationId: "twice", toolCallId: "t" })));
    expect(new Set(answers.map(({ evaluationId }) => evaluationId)).size).toBe(1);
    expect(await countOf(one, "twice")).toBe(1);
  });

  test("one that cannot be stored, or is about another version, keeps nobody else from an answer", async () => {
    const outcomes = await Promise.allSettled([
      check({ conversationId: "bad", toolCallId: "good" }), check({ conversationId: "bad", toolCallId: "no \u0000 text" }),
      check({ agent: other, conversationId: "bad", toolCallId: "old" }, { version: { id: "av_of_before", number: 1, fingerprint: "x" }, epoch: Number.MAX_SAFE_INTEGER }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(outcomes[2]).toMatchObject({ reason: expect.any(Unavailable) as Unavailable });
    expect(await countOf(one, "bad")).toBe(1);
    expect(await countOf(other, "bad")).toBe(0);
  });
});
