import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { judgeObservedComponents } from "../operations/findings.ts";
import { makeAgent, manifest } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { findFinding, getFindingPulse } from "./findings.ts";

useDatabase();

const now = () => new Date();

async function see(agentId: string, facet: string, name: string, value: string, content: object | null) {
  await prisma().observedComponent.create({
    data: { agentId, versionLabel: "1.0", inShadow: false, facet, name, value, ...(content ? { content } : {}), firstSeenAt: now(), lastSeenAt: now() },
  });
}

async function findingOf(agentId: string) {
  await judgeObservedComponents(now());
  const { id } = await prisma().finding.findFirstOrThrow({ where: { agentId } });
  const view = await findFinding(id, now());
  if (!view) throw new Error("the finding is not there");
  return view;
}

const signs = (rows: readonly { kind: string }[] | null | undefined) => rows?.map((row) => row.kind);

test("sets what was seen beside what was declared", async () => {
  const agent = await makeAgent();
  await prisma().agent.update({ where: { id: agent.id }, data: { stage: "partial" } });
  await see(agent.id, "prompt", "prompt", "f".repeat(64), { text: `${manifest().prompt as string}\nNever ask.` });
  await see(agent.id, "tool", "voucher_issue", "e".repeat(64), { name: "voucher_issue", inputSchema: { type: "object", properties: { amount: { type: "number" } } } });
  await see(agent.id, "model", "model", "gpt-4o", null);
  const view = await findingOf(agent.id);
  const rowsOf = (facet: string) => signs(view.differences.find((difference) => difference.facet === facet)?.rows);
  expect(view.declared).toEqual({ number: 1, label: "1.0" });
  expect(rowsOf("prompt")).toEqual(["same", "added"]);
  expect(rowsOf("tool")).toEqual(["added", "added"]);
  expect(rowsOf("model")).toEqual(["removed", "added"]);
  expect(view.authority).toMatchObject({ level: "shadow", without: "partial", cap: "shadow" });
});

test("a prompt known by its hash only has no rows", async () => {
  const agent = await makeAgent();
  await see(agent.id, "prompt", "prompt", "d".repeat(64), null);
  expect((await findingOf(agent.id)).differences.map((difference) => difference.rows)).toEqual([null]);
});

test("evidence that cannot be read leaves the sentence", async () => {
  const agent = await makeAgent();
  await prisma().finding.create({
    data: { id: "fi_odd", agentId: agent.id, kind: "unreviewed_change", about: "", sentence: "Something ran.", openedAt: now(), lastSeenAt: now(), evidence: ["odd"] },
  });
  expect(await findFinding("fi_odd", now())).toMatchObject({ sentence: "Something ran.", differences: [] });
  expect(await findFinding("fi_nowhere", now())).toBeNull();
});

test("its pulse moves when somebody closes it, and stays while nothing happens", async () => {
  const agent = await makeAgent();
  const at = new Date("2026-03-01T02:00:00Z");
  await prisma().finding.create({
    data: { id: "fi_pulse", agentId: agent.id, kind: "unreviewed_change", about: "", sentence: "Something ran.", openedAt: at, lastSeenAt: at, evidence: {} },
  });
  const seen = (await findFinding("fi_pulse", at))?.pulse;
  expect(await getFindingPulse("fi_pulse", at)).toEqual(seen);
  await prisma().finding.update({ where: { id: "fi_pulse" }, data: { state: "closed", closedBy: "Ana Ruiz", closedAt: at } });
  expect(await getFindingPulse("fi_pulse", at)).toEqual({ ...seen, state: "closed", closedBy: "Ana Ruiz" });
  expect(await getFindingPulse("fi_nowhere", at)).toBeNull();
});
