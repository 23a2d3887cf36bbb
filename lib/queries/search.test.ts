import { beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { PersonActor } from "../domain/roles.ts";
import { engageStop } from "../operations/stops.ts";
import { makeAgent, makePerson, manifest, type MadeAgent } from "../testing/make-agent.ts";
import { makeRollout } from "../testing/make-rollout.ts";
import { storeAction } from "../testing/store-action.ts";
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
    expect(await titles(agent.id)).toEqual(expect.arrayContaining(["finding fi_searched", `stop ${stopId}`]));
    expect(await search(stopId.slice(0, 10), operator)).toEqual([expect.objectContaining({ title: `Stop of ${agent.id}`, detail: "engaged", href: `/stops/${stopId}` })]);
  });

  test("finds actions, rollouts and reversals by how their ids begin, and rollouts by their agent", async () => {
    const other = await makeAgent({ tier: 2 });
    const [actionId, rollout] = [await storeAction(other.id), await makeRollout(other, { candidate: manifest({ label: "2.0", prompt: "Another." }) })];
    await prisma().undo.create({ data: { id: "un_searched", agentId: other.id, scope: "action", target: actionId, reason: "The wrong order.", state: "partial", startedBy: operator.id, startedByName: operator.name, startedAt: new Date() } });
    const nobody: PersonActor = { ...operator, roles: [], owns: {} };
    for (const [id, found] of [
      [actionId, { kind: "action", title: "`refund_create`: order `5512`, amount `120`", detail: `${other.id}, waiting for a person`, href: `/actions/${actionId}` }],
      [rollout.id, { kind: "rollout", detail: `${other.id}, running`, href: `/rollouts/${rollout.id}` }],
      ["un_searched", { kind: "undo", title: "The wrong order.", detail: `${other.id}, done in part`, href: "/actions/undos/un_searched" }],
    ] as const) {
      expect(await search(id, operator)).toEqual([expect.objectContaining(found)]);
      expect(await search(id.slice(0, 9), operator)).toEqual([expect.objectContaining(found)]);
      expect(await titles(id.slice(0, 5))).toEqual([]);
      expect(await titles(id, nobody)).toEqual([]);
    }
    expect(await titles(other.id)).toContain(`rollout ${rollout.id}`);
  });

  test("offers the settings' pages by name, those that somebody may see", async () => {
    const administrator = await makePerson("Ada Administrator", ["administrator"]);
    const links = async (text: string, actor: PersonActor) => (await search(text, actor)).filter(({ kind }) => kind === "page").map(({ href }) => href);
    expect(await links("keys", administrator)).toEqual(["/settings/keys"]);
    expect(await links("KEY", operator)).toEqual(["/settings/keyboard"]);
    expect(await links("review", operator)).toEqual(["/settings/review-policy"]);
    expect(await links("m", operator)).toEqual([]);
  });
});
