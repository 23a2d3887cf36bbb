import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { emptyCard } from "../domain/agent-card.ts";
import { aTraceId } from "../testing/a-span.ts";
import { useDatabase } from "../testing/use-database.ts";
import { createAgent } from "./agents.ts";
import { importTraces, type ImportProgress } from "./import-traces.ts";
import { systemActor } from "./people.ts";
import { seedDefaults } from "./seed-defaults.ts";

useDatabase();

const folder = mkdtempSync(path.join(os.tmpdir(), "holdpoint-import-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(async () => {
  await seedDefaults();
  await createAgent(systemActor, { agentId: "bot", card: emptyCard });
});

const line = (spans: number) => JSON.stringify({
  resourceSpans: [{ scopeSpans: [{ spans: Array.from({ length: spans }, (_, index) => ({
    traceId: aTraceId(), spanId: (index + 1).toString(16).padStart(16, "0"), name: "task", startTimeUnixNano: `${Date.now()}000000`, endTimeUnixNano: `${Date.now()}000000`,
  })) }] }],
});

function fileOf(lines: string[]): string {
  const file = path.join(folder, `${aTraceId()}.jsonl`);
  writeFileSync(file, lines.join("\n"));
  return file;
}

async function all(steps: AsyncGenerator<ImportProgress>): Promise<ImportProgress[]> {
  const seen: ImportProgress[] = [];
  for await (const step of steps) seen.push(step);
  return seen;
}

test("reads line by line, tells how far it is, and takes what is readable of a damaged file", async () => {
  const file = fileOf([line(700), "", line(700), '{"resourceLogs":[]}', line(1), '{"resourceSpans":[{"sco']);
  const steps = await all(importTraces(systemActor, { file, agentId: "bot" }));
  expect(steps.length).toBeGreaterThan(1);
  expect(steps.at(-1)).toMatchObject({ lines: 6, spans: 1_401, rejected: 1, percent: 100, sentence: expect.stringMatching(/^Line 6: /) as string });
  expect(await prisma().span.count({ where: { agentId: "bot" } })).toBe(1_401);
});

test("goes on where it was stopped, and a second import of the same file stores nothing twice", async () => {
  const before = await prisma().span.count();
  const file = fileOf([line(1_000), line(1_000), line(1_000)]);
  const stopped = importTraces(systemActor, { file, agentId: "bot" });
  expect((await stopped.next()).value).toMatchObject({ lines: 1, spans: 1_000 });
  await stopped.return(undefined);
  const steps = await all(importTraces(systemActor, { file, agentId: "bot" }));
  expect(steps.map((step) => step.spans)).toEqual([2_000, 3_000, 3_000]);
  expect((await all(importTraces(systemActor, { file, agentId: "bot" }))).at(-1)).toMatchObject({ lines: 3, spans: 3_000, rejected: 0 });
  await prisma().importProgress.deleteMany();
  await all(importTraces(systemActor, { file, agentId: "bot" }));
  expect(await prisma().span.count()).toBe(before + 3_000);
});

test.each([["nobody's", { file: "x", agentId: "nobody" }], ["a missing file", { file: "/nowhere/at/all", agentId: "bot" }]])("%s is refused with a sentence", async (_, input) => {
  await expect(all(importTraces(systemActor, input))).rejects.toThrow(/There is no/);
});

test("without an agent the spans must say whose they are", async () => {
  expect((await all(importTraces(systemActor, { file: fileOf([line(2)]), agentId: null }))).at(-1)).toMatchObject({ spans: 0, rejected: 2, sentence: expect.stringContaining("service.name") as string });
});
