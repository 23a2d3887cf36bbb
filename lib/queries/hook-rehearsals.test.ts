import { beforeAll, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { CompensationHook } from "../domain/manifest.ts";
import type { PersonActor } from "../domain/roles.ts";
import { rehearseHook } from "../operations/rehearse-hook.ts";
import { actingManifest, makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makeAgent, makePerson } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { findActionWayBack, listWaysBack } from "./hook-rehearsals.ts";

useDatabase();

const INSIDE = "http://127.0.0.1:9/void";
let agent: ActingAgent;
let ola: PersonActor;
beforeAll(async () => {
  process.env.NEXTAUTH_SECRET ??= "a secret that only this test knows, long enough";
  [agent, ola] = [await makeActingAgent({}, INSIDE), await makePerson("Ola", ["on_call"])];
});

const wayOf = async (tool: string) => (await listWaysBack(agent.id)).find((way) => way.tool === tool);
const rehearse = (tool: string, now = new Date()) => rehearseHook(ola, { agentId: agent.id, tool }, now, { allowed: [], withinMs: 0 });

test("every tool with an effect is listed, also one that cannot be taken back", async () => {
  expect((await listWaysBack(agent.id)).map(({ tool, hook, last }) => [tool, hook?.kind ?? null, last])).toEqual([
    ["credit_give", "tool", null], ["credit_take", null, null], ["letter_send", "manual", null], ["payout_send", null, null], ["refund_create", "http", null],
  ]);
  const { id } = await makeAgent({ isApproved: false });
  expect(await listWaysBack(id)).toEqual([]);
});

test("the newest rehearsal counts, as it ended; that of another hook counts for nothing", async () => {
  await rehearse("letter_send", new Date(Date.now() - 60_000));
  const now = new Date();
  await rehearse("letter_send", now);
  await rehearse("refund_create");
  expect(await wayOf("letter_send")).toMatchObject({ last: { at: now, by: "Ola", isOk: true }, isChangedSince: false });
  expect(await wayOf("refund_create")).toMatchObject({ last: { isOk: false, sentence: expect.stringMatching(/inside this network/) as string }, isChangedSince: false });

  const { change } = await agent.register(actingManifest({}, `${INSIDE}/2`));
  if (!change) throw new Error("another hook is a change");
  await agent.approve(change.id);
  await prisma().agent.update({ where: { id: agent.id }, data: { currentVersionId: (await prisma().change.findUniqueOrThrow({ where: { id: change.id } })).toVersionId } });
  expect(await wayOf("refund_create")).toMatchObject({ hook: { url: `${INSIDE}/2` }, last: null, isChangedSince: true });
  expect((await wayOf("letter_send"))?.last?.isOk).toBe(true);
});

test("what nobody was there to rehearse is neither passed nor failed", async () => {
  await rehearse("credit_give");
  expect(await wayOf("credit_give")).toMatchObject({ last: { isOk: false, isTried: false, by: "Ola", sentence: expect.stringMatching(/^No process of the agent/) as string }, isChangedSince: false });
  expect(await wayOf("letter_send")).toMatchObject({ last: { isTried: true } });
});

test("an action keeps its own hook, and is told what is known of exactly that", async () => {
  const of = (hook: CompensationHook | null) => findActionWayBack({ agentId: agent.id, tool: "refund_create", compensation: hook && { hook, arguments: {} } });
  expect(await of({ kind: "http", url: INSIDE })).toMatchObject({ isDeclared: false, last: { isOk: false } });
  expect(await of({ kind: "http", url: `${INSIDE}/2` })).toMatchObject({ isDeclared: true, last: null, isChangedSince: true });
  expect(await of({ kind: "manual", instructions: "Call them.", owner: "desk" })).toMatchObject({ isDeclared: false, last: null, isChangedSince: true });
  expect(await of(null)).toBeNull();
});
