import { beforeAll, describe, expect, it } from "vitest";
import { prisma } from "../database/database.ts";
import { ensureSpanPartitions } from "../operations/span-partitions.ts";
import { useDatabase } from "../testing/use-database.ts";
import { findSpan, listObservedRecipe, listSpans, presentValue } from "./spans.ts";

useDatabase();

const startedAt = new Date("2026-11-20T10:00:00Z");
const run = { id: "ru_1", startedAt: startedAt.toISOString(), endedAt: new Date(startedAt.getTime() + 60_000).toISOString() };

beforeAll(async () => {
  await ensureSpanPartitions([startedAt.getTime() * 1_000]);
  await prisma().run.create({
    data: { id: "ru_1", agentId: "a", conversationId: "c", isKeyedByTrace: false, stage: "shadow", versionLabel: "1.0", startedAt, endedAt: new Date(run.endedAt), receivedAt: startedAt, updatedAt: startedAt },
  });
  const span = (spanId: string, offset: number, more: object) => ({
    agentId: "a", traceId: "t", spanId, startedAt: new Date(startedAt.getTime() + offset), runId: "ru_1", name: spanId, kind: "tool", dialect: "otel", durationUs: 1_000n, status: "ok", attributes: {}, ...more,
  });
  await prisma().span.createMany({
    data: [
      span("root", 0, { kind: "agent", inputTokens: null }),
      span("model", 10, { parentSpanId: "root", kind: "inference", inputTokens: 7, outputTokens: 3, costNanoUsd: 12n }),
      span("tool", 20, {
        parentSpanId: "root", status: "error", errorType: "Timeout", errorMessage: "took long", input: { order: "5498", api_key: "abc" }, output: "x".repeat(30_000), attributes: { "http.url": "x" },
      }),
    ],
  });
  await prisma().spanMessage.create({ data: { agentId: "a", traceId: "t", spanId: "model", name: "gen_ai.user.message", at: startedAt, digest: "d", body: { content: "hello" } } });
  const observed = { agentId: "a", versionLabel: "1.0", inShadow: true, firstSeenAt: startedAt, lastSeenAt: startedAt };
  await prisma().observedComponent.createMany({
    data: [
      { ...observed, facet: "model", name: "", value: "gpt-4o", matches: true },
      { ...observed, facet: "prompt", name: "", value: "abc", matches: false, verdict: "differs", exampleRunId: "ru_1", exampleSpanId: "model" },
      { ...observed, facet: "tool", name: "x", value: "def", exampleRunId: "ru_9", exampleSpanId: "z" },
      { ...observed, inShadow: false, facet: "model", name: "", value: "other" },
    ],
  });
});

it("lists the spans without what went in and came out", async () => {
  const spans = await listSpans(run);
  expect(spans.map((span) => [span.spanId, span.parentSpanId, span.tokens, span.costNanoUsd, span.message])).toEqual([
    ["root", null, null, null, null], ["model", "root", 10, 12, null], ["tool", "root", null, null, "Timeout: took long"],
  ]);
  expect(JSON.stringify(spans)).not.toContain("5498");
  expect(await listSpans(run, 2)).toHaveLength(2);
});

it("shows one span's values masked and cut, and says so", async () => {
  const span = await findSpan("ru_1", "tool");
  expect(span?.input).toEqual({ text: '{\n  "order": "5498",\n  "api_key": "•••••• (3 characters hidden)"\n}', length: 66, isCut: false, masked: 1 });
  expect(span?.output).toMatchObject({ length: 30_000, isCut: true, masked: 0 });
  expect(span?.output?.text).toHaveLength(20_000);
  expect(span?.messages).toEqual([]);
});

it("shows messages that came beside the span, and finds only spans of the run", async () => {
  expect((await findSpan("ru_1", "model"))?.messages).toEqual([{ name: "gen_ai.user.message", at: startedAt.toISOString(), body: expect.objectContaining({ masked: 0 }) as unknown }]);
  expect(await findSpan("ru_1", "none")).toBeNull();
  expect(await findSpan("ru_2", "tool")).toBeNull();
});

it("compares the recipe seen under this run's label, in this run's kind of exposure", async () => {
  const rows = await listObservedRecipe({ id: "ru_1", agentId: "a", versionLabel: "1.0", stage: "shadow" });
  expect(rows.map((row) => [row.value, row.matches, row.exampleSpanId])).toEqual([["abc", false, "model"], ["gpt-4o", true, null], ["def", null, null]]);
});

describe("presentValue", () => {
  it.each([[null, null], [undefined, null]])("%s is nothing", (value, expected) => expect(presentValue(value)).toBe(expected));
  it("reads JSON that was sent as text, so that its secrets are seen", () => expect(presentValue('{"password":"x"}')).toMatchObject({ masked: 1 }));
  it("leaves text that only looks like JSON", () => expect(presentValue("[not json")?.text).toBe("[not json"));
  it("never cuts a character in half", () => expect(presentValue("ab😀", 3)?.text).toBe("ab\uFFFD"));
});
