import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pool, prisma } from "../database/database.ts";
import type { AgentSpan, TokenUsage } from "../domain/agent-span.ts";
import { emptyCard } from "../domain/agent-card.ts";
import type { KeyActor } from "../domain/roles.ts";
import { aSpan, aTraceId } from "../testing/a-span.ts";
import { useDatabase } from "../testing/use-database.ts";
import { createAgent } from "./agents.ts";
import { ingestSpans } from "./ingest-spans.ts";
import { systemActor } from "./people.ts";
import { registerVersion, registrationSchema } from "./versions.ts";
import { seedDefaults } from "./seed-defaults.ts";

useDatabase();

const now = new Date("2026-11-20T10:30:00Z");
const T = now.getTime() * 1_000 - 60_000_000;
const SECOND = 1_000_000;
const key = (...agentIds: string[]): KeyActor => ({ kind: "key", id: "key_test", name: "test", agentIds, scopes: ["telemetry"] });
const tokens = (input: number, output: number): TokenUsage => ({ input, output, cacheRead: 0, cacheWrite: 0, reasoning: 0 });
const everything = key("*");
const send = (...spans: AgentSpan[]) => ingestSpans(everything, spans, now);

let agentId = "";
let count = 0;

beforeAll(() => seedDefaults(now));
beforeEach(async () => {
  agentId = `bot-${++count}`;
  await createAgent(systemActor, { agentId, card: emptyCard }, now);
});

const span = (given: Partial<AgentSpan> = {}): AgentSpan => aSpan({ startUs: T, agentHints: [agentId], ...given });
const runs = () => prisma().run.findMany({ where: { agentId }, orderBy: { startedAt: "asc" } });
const oneRun = async () => {
  const all = await runs();
  expect(all).toHaveLength(1);
  return all[0]!;
};
const spanCount = () => prisma().span.count({ where: { agentId } });

/** Two model calls and a tool call under an agent span, the root last, as exporters send them. */
function aTask(given: Partial<AgentSpan> = {}): AgentSpan[] {
  const traceId = aTraceId();
  const root = span({ traceId, name: "invoke_agent", startUs: T, endUs: T + 10 * SECOND, ...given });
  const child = (more: Partial<AgentSpan>) => span({ traceId, parentSpanId: root.spanId, ...given, ...more });
  return [
    child({ kind: "inference", startUs: T + SECOND, endUs: T + 2 * SECOND, provider: "openai", model: "gpt-5.4", tokens: tokens(1_000, 100) }),
    child({ kind: "tool", startUs: T + 3 * SECOND, endUs: T + 4 * SECOND, toolName: "refund_payment", input: { orderId: "o-1" }, output: { ok: true } }),
    child({ kind: "inference", startUs: T + 5 * SECOND, endUs: T + 6 * SECOND, provider: "openai", model: "gpt-5.4", tokens: tokens(2_000, 200) }),
    root,
  ];
}

describe("storing", () => {
  test("a batch becomes a run with its sums, times kept to the microsecond", async () => {
    const task = aTask({ startUs: T });
    expect(await send(...task.map((one, index) => (index === 3 ? { ...one, startUs: T + 123, endUs: T + 10 * SECOND + 7 } : one)))).toEqual({ stored: 4, dialects: new Map([["test", 4]]), rejected: 0, sentence: null });
    const run = await oneRun();
    expect(run).toMatchObject({
      conversationId: task[0]!.traceId, isKeyedByTrace: true, name: "invoke_agent", spanCount: 4, toolCalls: 1, inferenceCalls: 2, inputTokens: 3_000n, outputTokens: 300n,
      // 3000 tokens at 2.50 USD and 300 at 15 USD per million
      costNanoUsd: 12_000_000n, unknownCostCalls: 0, toolNames: ["refund_payment"], stage: "shadow",
    });
    const { rows } = await pool().query("SELECT (extract(epoch FROM started_at) * 1000000)::bigint AS us, duration_us FROM span WHERE agent_id = $1 AND name = 'invoke_agent'", [agentId]);
    expect(rows).toEqual([{ us: T + 123, duration_us: 10 * SECOND - 116 }]);
  });

  test("a repetition changes nothing, whole, in part or twice within one request", async () => {
    const task = aTask();
    await send(...task, ...task);
    const first = await oneRun();
    expect(await send(...task)).toMatchObject({ stored: 0, rejected: 0 });
    expect(await send(task[0]!, task[3]!)).toMatchObject({ stored: 0 });
    expect({ ...(await oneRun()), updatedAt: null }).toEqual({ ...first, updatedAt: null });
    expect(await spanCount()).toBe(4);
  });

  test("twenty posts of the same batch at once store it once", async () => {
    const batch = [...aTask(), ...aTask({ conversationId: "together" }), ...aTask({ conversationId: "together" })];
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(...batch)));
    expect(answers.reduce((sum, answer) => sum + answer.stored, 0)).toBe(12);
    const stored = await runs();
    expect(stored.map((run) => run.spanCount).sort()).toEqual([4, 8]);
    expect(await spanCount()).toBe(12);
  });

  test("parallel pieces of one run add up", async () => {
    const conversationId = "pieces";
    const pieces = Array.from({ length: 30 }, (_, index) => aTask({ conversationId, startUs: T + index }));
    await Promise.all(pieces.map((piece) => send(...piece)));
    expect(await oneRun()).toMatchObject({ conversationId, isKeyedByTrace: false, spanCount: 120, inputTokens: 90_000n, toolCalls: 30, costNanoUsd: 360_000_000n });
  });

  test("of requests at once each is answered for its own spans, and one that cannot be stored stops no other", async () => {
    const [good, bad] = [[aTask(), aTask(), aTask()], span({ name: "a\u0000b" })];
    const answers = await Promise.allSettled([
      send(...good[0]!), send(...good[1]!, ...good[0]!.slice(0, 1)), send(bad), send(span({ agentHints: ["nobody"] }), good[2]![0]!), send(...good[2]!),
    ]);
    expect(answers.map((answer) => (answer.status === "fulfilled" ? [answer.value.stored, answer.value.rejected] : (answer.reason as Error).name))).toEqual([
      [4, 0], [4, 0], "BadInput", [1, 1], [3, 0],
    ]);
    expect(await spanCount()).toBe(12);
    expect((await runs()).map((run) => run.spanCount)).toEqual([4, 4, 4]);
  });

  test("spans whose trace was forgotten are not stored again", async () => {
    const task = aTask();
    await send(...task.slice(0, 3));
    await pool().query("DELETE FROM trace WHERE agent_id = $1", [agentId]);
    await pool().query("DELETE FROM run WHERE agent_id = $1", [agentId]);
    expect(await send(...task)).toMatchObject({ stored: 1 });
    expect(await spanCount()).toBe(4);
  });

  test("what a column cannot hold is stored as near as it can", async () => {
    await send(span({ input: { text: "a\u0000b \ud800" }, attributes: { "x\u0000": ["\udfff"] } }));
    expect(await prisma().span.findFirst({ where: { agentId } })).toMatchObject({ input: { text: "ab \ufffd" }, attributes: { x: ["\ufffd"] } });
  });

  test("spans of several months find their partitions", async () => {
    const months = [1, 2, 3].map((month) => Date.UTC(2026, month, 1) * 1_000 - 1);
    await Promise.all(months.map((startUs) => send(span({ startUs, endUs: startUs }))));
    expect(await spanCount()).toBe(3);
  });
});

describe("runs", () => {
  test("children may come before their root, one by one", async () => {
    const [a, b, c, root] = aTask() as [AgentSpan, AgentSpan, AgentSpan, AgentSpan];
    await send(b);
    expect(await oneRun()).toMatchObject({ name: null, spanCount: 1 });
    await send(c);
    await send(root);
    await send(a);
    const run = await oneRun();
    expect(run).toMatchObject({ name: "invoke_agent", spanCount: 4, inputTokens: 3_000n });
    expect([run.startedAt.getTime() * 1_000, run.endedAt.getTime() * 1_000]).toEqual([T, T + 10 * SECOND]);
  });

  test("any order of arrival gives the same run", async () => {
    const task = aTask({ versionLabel: "1.0" }).map((one, index) => ({ ...one, ...(index === 1 ? { status: "error" as const, errorType: "Timeout", errorMessage: "late" } : {}) }));
    const facts = [];
    for (const order of [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]]) {
      const traceId = aTraceId();
      for (const index of order) await send({ ...task[index]!, traceId });
      const { id: _id, conversationId: _c, ...run } = (await prisma().run.findFirstOrThrow({ where: { agentId, conversationId: traceId } }));
      facts.push(run);
    }
    expect(facts[1]).toEqual(facts[0]);
    expect(facts[2]).toEqual(facts[0]);
    expect(facts[0]).toMatchObject({ actionErrors: 1, errorSentence: "Timeout: late" });
  });

  test("the error that ended first is told, whichever arrives first", async () => {
    const traceId = aTraceId();
    const failed = (message: string, endUs: number) => span({ traceId, parentSpanId: "1".repeat(16), kind: "tool", status: "error", errorMessage: message, startUs: T, endUs });
    await send(failed("second", T + 2 * SECOND));
    await send(failed("first", T + SECOND));
    await send(failed("third", T + 3 * SECOND));
    expect((await oneRun()).errorSentence).toBe("first");
  });

  test("a conversation id that comes later re-keys the run and keeps its id", async () => {
    const [a, b, c, root] = aTask() as [AgentSpan, AgentSpan, AgentSpan, AgentSpan];
    await send(a, b);
    const before = await oneRun();
    await send({ ...root, conversationId: "conv-1" });
    await send(c);
    expect(await oneRun()).toMatchObject({ id: before.id, conversationId: "conv-1", isKeyedByTrace: false, spanCount: 4 });
    expect(await prisma().span.count({ where: { runId: before.id } })).toBe(4);
  });

  test("a later conversation id merges the run into the conversation's", async () => {
    const resumed = aTask();
    await send(...aTask({ conversationId: "conv-2" }));
    const conversation = await oneRun();
    await send(...resumed.slice(0, 3));
    expect(await runs()).toHaveLength(2);
    await send({ ...resumed[3]!, conversationId: "conv-2" });
    expect(await oneRun()).toMatchObject({ id: conversation.id, spanCount: 8, inputTokens: 6_000n, toolCalls: 2, costNanoUsd: 24_000_000n });
    expect(await prisma().span.count({ where: { runId: conversation.id } })).toBe(8);
    expect(await prisma().trace.count({ where: { runId: conversation.id } })).toBe(2);
  });

  test("many traces turn out to be one conversation at once", async () => {
    const tasks = Array.from({ length: 12 }, () => aTask());
    await Promise.all(tasks.map((task) => send(...task.slice(0, 3))));
    expect(await runs()).toHaveLength(12);
    await Promise.all([...tasks.map((task) => send({ ...task[3]!, conversationId: "conv-3" })), ...tasks.map((task) => send(task[1]!))]);
    const run = await oneRun();
    expect(run).toMatchObject({ spanCount: 48, toolCalls: 12, inputTokens: 36_000n });
    expect(await prisma().span.count({ where: { agentId, runId: run.id } })).toBe(48);
  });

  test("new and known traces of one conversation in one request", async () => {
    const [known, fresh] = [aTask(), aTask()];
    await send(...known.slice(0, 2));
    await send({ ...known[3]!, conversationId: "conv-4" }, ...fresh.map((one) => ({ ...one, conversationId: "conv-4" })));
    expect(await oneRun()).toMatchObject({ conversationId: "conv-4", spanCount: 7 });
    expect(await prisma().trace.groupBy({ by: ["runId"], where: { agentId } })).toHaveLength(1);
  });

  test("tokens count once and an unknown price gives an unknown cost, never 0", async () => {
    const traceId = aTraceId();
    await send(
      span({ traceId, tokens: null }),
      span({ traceId, kind: "inference", provider: "openai", model: "gpt-5.4", tokens: tokens(1_000, 0) }),
      span({ traceId, kind: "inference", provider: "openai", model: "of-tomorrow", tokens: tokens(1_000, 0) }),
    );
    expect(await oneRun()).toMatchObject({ inputTokens: 2_000n, costNanoUsd: 2_500_000n, unknownCostCalls: 1 });
    const stored = await prisma().span.findMany({ where: { agentId }, orderBy: { costNanoUsd: { sort: "asc", nulls: "last" } } });
    expect(stored.map((one) => one.costNanoUsd)).toEqual([2_500_000n, null, null]);
  });

  test("a huge conversation id is no obstacle", async () => {
    await send(span({ conversationId: "x".repeat(5_000) }));
    expect((await oneRun()).conversationId).toMatch(/^sha256:/);
  });
});

describe("versions", () => {
  const manifest = (label: string, effect: string) => ({ label, model: { name: "gpt-5.4" }, prompt: `You refund. ${label}`, tools: [{ name: "refund_payment", effect }] });
  const register = (label: string, effect = "write") =>
    registerVersion(systemActor, registrationSchema.parse({ agentId, manifest: manifest(label, effect), source: "api" }), now);

  test("by fingerprint, by label, and the newest of a label", async () => {
    const one = await register("1.0");
    const two = await register("2.0");
    const again = await registerVersion(systemActor, registrationSchema.parse({ agentId, manifest: { ...manifest("1.0", "write"), prompt: "Other" }, source: "api" }), now);
    const versionOf = async (given: Partial<AgentSpan>) => {
      const [first] = aTask(given);
      await send(first!);
      return (await prisma().run.findFirstOrThrow({ where: { agentId, conversationId: first!.traceId } })).versionId;
    };
    expect(await versionOf({ versionLabel: "2.0" })).toBe(two.version.id);
    expect(await versionOf({ versionLabel: "1.0" })).toBe(again.version.id);
    expect(await versionOf({ versionLabel: "2.0", fingerprint: one.version.fingerprint })).toBe(one.version.id);
    expect(await versionOf({ versionLabel: "9.9" })).toBeNull();
  });

  test("declared effects make a call consequential, also when the label comes late", async () => {
    const { version } = await register("1.0");
    const [, tool, , root] = aTask({ versionLabel: "1.0" }) as [AgentSpan, AgentSpan, AgentSpan, AgentSpan];
    await send({ ...root, versionLabel: null });
    await send(tool);
    expect(await oneRun()).toMatchObject({ versionId: version.id, versionLabel: "1.0", consequentialCalls: 1 });
  });
});

describe("whose span it is", () => {
  test.each([
    ["a hint in other letters", ["other"], { agentHints: ["OTHER"] }, "other"],
    ["the second hint when the first names nobody", ["other"], { agentHints: ["nobody", "other"] }, "other"],
    ["the key's only agent when no hint names an agent", ["other"], { agentHints: ["my-service"] }, "other"],
    ["nobody's: the key is for several", ["other", "bot-1"], { agentHints: ["my-service"] }, null],
    ["nobody's: the hint names an agent the key is not for", ["other"], { agentHints: ["bot-1"] }, null],
    ["nobody's: the key is for all", ["*"], { agentHints: [] }, null],
  ])("%s", async (_, agentIds, given, owner) => {
    if ((await prisma().agent.count({ where: { id: "other" } })) === 0) await createAgent(systemActor, { agentId: "other", card: emptyCard }, now);
    const one = span(given);
    const answer = await ingestSpans(key(...agentIds), [one], now);
    expect(answer).toMatchObject({ stored: owner === null ? 0 : 1, rejected: owner === null ? 1 : 0 });
    if (owner === null) expect(answer.sentence).toMatch(/agent/);
    expect((await prisma().span.findFirst({ where: { traceId: one.traceId } }))?.agentId ?? null).toBe(owner);
  });

  test("a key without the scope stores nothing", async () => {
    const answer = await ingestSpans({ ...key(agentId), scopes: ["versions"] }, [span()], now);
    expect(answer).toMatchObject({ stored: 0, rejected: 1 });
    expect(await spanCount()).toBe(0);
  });

  test("what belongs nowhere does not stop the rest", async () => {
    expect(await ingestSpans(key(agentId, "bot-1"), [...aTask(), span({ agentHints: ["nobody"] })], now)).toMatchObject({ stored: 4, rejected: 1 });
  });
});

describe("what is seen of the recipe", () => {
  test("each model, prompt, tool and label once, with its content and an example", async () => {
    const [first] = aTask({ versionLabel: "1.0", systemInstructions: "You refund.", toolDefinitions: [{ name: "refund_payment", description: "Refunds.", inputSchema: { type: "object" } }] });
    await send(first!);
    await send(...aTask({ versionLabel: "1.0", systemInstructions: "You refund." }));
    const seen = await prisma().observedComponent.findMany({ where: { agentId }, orderBy: { facet: "asc" } });
    expect(seen.map(({ facet, name, versionLabel, inShadow, judgedAt }) => ({ facet, name, versionLabel, inShadow, judgedAt }))).toEqual(
      [["model", "model"], ["prompt", "system"], ["tool", "refund_payment"], ["version", "version"]].map(([facet, name]) => ({ facet, name, versionLabel: "1.0", inShadow: false, judgedAt: null })),
    );
    expect(seen[1]).toMatchObject({ content: { text: "You refund." }, exampleSpanId: first!.spanId });
    expect(seen[2]).toMatchObject({ content: { name: "refund_payment", description: "Refunds." } });
    expect(seen[1]!.exampleRunId).toBe((await prisma().run.findFirstOrThrow({ where: { conversationId: first!.traceId } })).id);
  });

  test("a candidate in shadow is noted as such, and a sender cannot raise its stage", async () => {
    await send(...aTask({ stage: "shadow" }), ...aTask({ stage: "bounded" }));
    expect((await runs()).map((run) => run.stage)).toEqual(["shadow", "shadow"]);
    expect((await prisma().observedComponent.findMany({ where: { agentId } })).map((one) => one.inShadow).sort()).toEqual([false, true]);
  });

  test("a run that shows what was judged as unapproved is unreviewed from its first span on", async () => {
    await send(...aTask());
    await prisma().observedComponent.updateMany({ where: { agentId }, data: { matches: false, judgedAt: now } });
    await expect.poll(async () => {
      const task = aTask();
      await send(...task);
      return (await prisma().run.findFirstOrThrow({ where: { agentId, conversationId: task[0]!.traceId } })).isUnreviewed;
    }, { timeout: 5_000 }).toBe(true);
  });
});
