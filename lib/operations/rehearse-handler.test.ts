import { beforeAll, describe, expect, test, vi } from "vitest";
import { prisma } from "../database/database.ts";
import type { PersonActor } from "../domain/roles.ts";
import { NotFound, NotPermitted } from "../errors.ts";
import { makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makePerson } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { digestForLog } from "./append-to-log.ts";
import { endRehearsal, HANDLER_ANSWERS_WITHIN_MS, nextRehearsals } from "./rehearse-handler.ts";
import { rehearseHook } from "./rehearse-hook.ts";

useDatabase();

let agent: ActingAgent;
let ola: PersonActor;
beforeAll(async () => {
  [agent, ola] = [await makeActingAgent(), await makePerson("Ola", ["on_call"])];
});

const rehearse = (withinMs = 20_000, who = ola) => rehearseHook(who, { agentId: agent.id, tool: "credit_give" }, new Date(), { withinMs });
const told = (handlers = ["credit_take"]) => nextRehearsals(agent.id, handlers, new Date());
const toldOne = () => vi.waitFor(async () => {
  const [first] = await told();
  if (!first) throw new Error("nothing is asked");
  return first;
}, { timeout: 10_000 });
const stored = (id: string) => prisma().hookRehearsal.findUnique({ where: { id } });
const entriesAbout = async (id: string) => (await prisma().logEntry.findMany({ where: { subject: id }, orderBy: { index: "asc" } })).map(({ kind, actor, body }) => ({ kind, actor, detail: (JSON.parse(body) as { detail: Record<string, unknown> }).detail }));

describe("a handler's rehearsal", () => {
  test("is told where the handler is, and ends with its answer", async () => {
    const waiting = rehearse();
    const asked = await toldOne();
    expect(asked).toEqual({ id: expect.stringMatching(/^hr_/) as string, tool: "credit_give", handler: "credit_take" });
    expect([await told(["another"]), await told([]), await nextRehearsals("another-agent", ["credit_take"], new Date())]).toEqual([[], [], []]);
    await endRehearsal(agent.key, { rehearsalId: asked.id, outcome: "passed", error: null });
    expect(await waiting).toEqual({ rehearsalId: asked.id, isOk: true, sentence: "The handler went through its rehearsal." });
    expect(await stored(asked.id)).toMatchObject({ agentId: agent.id, tool: "credit_give", kind: "tool", isOk: true, by: "Ola" });
    expect(await entriesAbout(asked.id)).toMatchObject([
      { kind: "hook.rehearsal_asked", actor: `person:${ola.id}`, detail: { handler: "credit_take" } }, { kind: "hook.rehearsed", actor: `key:${agent.key.id}`, detail: { isOk: true, isTried: true } },
    ]);
    expect(await told()).toEqual([]);
  });

  test.each([
    ["failed", "The right to void is gone.", "The handler's rehearsal failed. The right to void is gone.", true],
    ["not_supported", null, "Its handler declares no rehearsal, so it was not called.", false],
  ] as const)("that %s is remembered as that", async (outcome, error, sentence, isTried) => {
    const waiting = rehearse();
    const { id } = await toldOne();
    await endRehearsal(agent.key, { rehearsalId: id, outcome, error });
    expect(await waiting).toEqual({ rehearsalId: id, isOk: false, sentence });
    expect(await stored(id)).toMatchObject({ sentence });
    const last = (await entriesAbout(id)).at(-1);
    expect(last).toMatchObject({ kind: "hook.rehearsed", detail: { isOk: false, isTried, sentenceSha256: digestForLog(sentence) } });
    expect(last?.detail).not.toHaveProperty("sentence");
  });

  test("that nobody answers ends, and an answer afterwards changes nothing", async () => {
    const { rehearsalId, isOk, sentence } = await rehearse(0);
    expect([isOk, sentence]).toEqual([false, `No process of the agent that has this handler answered within ${HANDLER_ANSWERS_WITHIN_MS / 1_000} s.`]);
    await endRehearsal(agent.key, { rehearsalId, outcome: "passed", error: null });
    expect(await stored(rehearsalId)).toMatchObject({ isOk: false });
    expect((await entriesAbout(rehearsalId)).map(({ kind }) => kind)).toEqual(["hook.rehearsal_asked", "hook.rehearsed"]);
  });

  test("answered 20 ways at once is remembered once", async () => {
    const waiting = rehearse();
    const { id } = await toldOne();
    await Promise.all(Array.from({ length: 20 }, (_, index) => endRehearsal(agent.key, { rehearsalId: id, outcome: index % 2 === 0 ? "passed" : "failed", error: null })));
    await waiting;
    expect((await entriesAbout(id)).filter(({ kind }) => kind === "hook.rehearsed")).toHaveLength(1);
  });

  test("is not told any more when whoever asked has gone", async () => {
    const waiting = rehearse();
    const { id } = await toldOne();
    expect(await nextRehearsals(agent.id, ["credit_take"], new Date(Date.now() + HANDLER_ANSWERS_WITHIN_MS + 1_000))).toEqual([]);
    await endRehearsal(agent.key, { rehearsalId: id, outcome: "passed", error: null });
    await waiting;
  });

  test("is asked by nobody without the right to take back, and answered by no other agent", async () => {
    await expect(rehearse(0, await makePerson("Vera", []))).rejects.toThrow(NotPermitted);
    const waiting = rehearse();
    const { id } = await toldOne();
    await expect(endRehearsal({ ...agent.key, agentIds: ["another"] }, { rehearsalId: id, outcome: "passed", error: null })).rejects.toThrow(NotPermitted);
    await expect(endRehearsal(agent.key, { rehearsalId: "hr_none", outcome: "passed", error: null })).rejects.toThrow(NotFound);
    await endRehearsal(agent.key, { rehearsalId: id, outcome: "passed", error: null });
    await waiting;
  });
});
