import { beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { PersonActor } from "../domain/roles.ts";
import { engageStop } from "../operations/stops.ts";
import { makeAgent, makePerson, type MadeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { search } from "./search.ts";

useDatabase();

let agent: MadeAgent;
let operator: PersonActor;
beforeAll(async () => {
  agent = await makeAgent({ tier: 2 });
  operator = await makePerson("Ola Operator", ["operator"]);
  const at = new Date();
  await prisma().run.create({
    data: {
      id: "ru_0123456789abcdef0123456789abcdef", agentId: agent.id, conversationId: "conv_7Q2mJ", isKeyedByTrace: false, stage: "shadow", name: "task", startedAt: at, endedAt: at, receivedAt: at, updatedAt: at,
      records: [{ type: "ticket", id: "ZD-4711" }], segments: {}, toolNames: [],
    },
  });
});

const titles = async (text: string, actor = operator) => (await search(text, actor)).map(({ kind, id }) => `${kind} ${id}`);

describe("search", () => {
  test("finds an agent by a part of its name, the one that begins so first", async () => {
    expect((await titles(agent.id.slice(0, 9)))[0]).toBe(`agent ${agent.id}`);
    expect(await titles(agent.id.slice(-4).toUpperCase())).toContain(`agent ${agent.id}`);
  });

  test.each([["its id", "ru_0123456789abcdef0123456789abcdef"], ["its conversation", "conv_7Q2mJ"], ["its record", "ZD-4711"], ["a text with spaces around", "  ZD-4711 "]])(
    "finds a run by %s", async (_, text) => expect(await titles(text)).toEqual(["run ru_0123456789abcdef0123456789abcdef"]));

  test("finds changes by title and id, with a way there", async () => {
    const change = await prisma().change.findFirstOrThrow({ where: { agentId: agent.id } });
    expect(await search(change.id, operator)).toEqual([expect.objectContaining({ kind: "change", href: `/changes/${change.id}` })]);
    expect(await titles(change.title.slice(0, 12))).toContain(`change ${change.id}`);
  });

  test("takes signs of patterns as letters", async () => {
    for (const text of ["%", "_", "\\", "%%%", "a%"]) expect(await titles(text)).toEqual([]);
    expect(await titles("")).toEqual([]);
  });

  test("shows people only to who may see them", async () => {
    const administrator = await makePerson("Ada Administrator", ["administrator"]);
    expect(await titles("Ola Oper", administrator)).toEqual([`person ${operator.id}`]);
    expect(await titles("Ola Oper")).toEqual([]);
  });

  test("shows findings and stops only to who may see them", async () => {
    const at = new Date();
    await prisma().finding.create({
      data: { id: "fi_searched", agentId: agent.id, kind: "unreviewed_change", about: "1.0", sentence: "The prompt differs.", openedAt: at, lastSeenAt: at, evidence: { versionLabel: "1.0", differences: [] } },
    });
    const { stopId } = await engageStop(operator, { scope: "agent", target: agent.id, reason: null });
    const nobody: PersonActor = { ...operator, roles: [], owns: {} };
    expect(await titles("fi_searched")).toEqual(["finding fi_searched"]);
    expect(await titles(stopId)).toEqual([`stop ${stopId}`]);
    for (const text of ["fi_searched", stopId, agent.id]) expect(await titles(text, nobody)).toEqual([]);
  });
});
