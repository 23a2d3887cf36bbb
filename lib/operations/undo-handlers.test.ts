import { beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { after } from "../domain/action-window.ts";
import type { PersonActor } from "../domain/roles.ts";
import { NotPermitted, NotPossible } from "../errors.ts";
import { makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makePerson } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { digestForLog } from "./append-to-log.ts";
import { endAction } from "./end-action.ts";
import { startUndo } from "./undo.ts";
import { endHandledStep, nextHandledSteps, runUndoSteps } from "./undo-steps.ts";

useDatabase();

let agent: ActingAgent;
let ola: PersonActor;
beforeAll(async () => {
  agent = await makeActingAgent();
  ola = await makePerson("Ola", ["on_call"]);
});

const stored = (id: string) => prisma().action.findUniqueOrThrow({ where: { id } });
const stepsOf = (undoId: string) => prisma().undoStep.findMany({ where: { undoId }, orderBy: { position: "asc" } });
const stateOf = async (undoId: string) => (await prisma().undo.findUniqueOrThrow({ where: { id: undoId } })).state;
const at = (ms: number) => new Date(Date.now() + ms);

/** Done by the agent, and to be taken back. */
async function undone(by: ActingAgent, given: Parameters<ActingAgent["prepare"]>[0]): Promise<{ actionId: string; undoId: string }> {
  const { action } = await by.prepare(given);
  await endAction(by.key, { state: "committed", actionId: action.id, result: null, downstream: null });
  return { actionId: action.id, ...(await startUndo(ola, { agentId: by.id, scope: "action", target: action.id, reason: "Twice." })) };
}

describe("a handler of the agent", () => {
  test("hears its step once, answers, and answers twice the same", async () => {
    const { actionId, undoId } = await undone(agent, { tool: "credit_give", input: { amount: 5 } });
    expect(await runUndoSteps(at(0), [])).toBe(0);
    const told = (await Promise.all([nextHandledSteps(agent.id, null, at(0)), nextHandledSteps(agent.id, null, at(0))])).flat();
    expect(told).toHaveLength(1);
    const [step] = told;
    expect(step).toMatchObject({ actionId, attempt: 1, hook: { kind: "tool", tool: "credit_take" }, arguments: { amount: 5 } });
    const end = { stepId: step?.stepId ?? "", attempt: 1 };
    await expect(endHandledStep({ ...agent.key, agentIds: ["another"] }, { ...end, isDone: true, response: null })).rejects.toThrow(NotPermitted);
    expect(await endHandledStep(agent.key, { ...end, isDone: false, error: "Locked." })).toBe("waiting");
    const [failed] = await prisma().logEntry.findMany({ where: { subject: undoId, kind: "undo.step_failed" } });
    expect([failed?.body.includes("Locked."), failed?.body.includes(digestForLog("Locked.")), (await stepsOf(undoId))[0]?.error]).toEqual([false, true, "Locked."]);
    const [again] = await nextHandledSteps(agent.id, null, at(2_000));
    expect(again?.attempt).toBe(2);
    expect(await endHandledStep(agent.key, { ...end, isDone: false, error: "Late." })).toBe("running");
    expect(await endHandledStep(agent.key, { ...end, attempt: 2, isDone: true, response: { ok: true } })).toBe("done");
    expect(await endHandledStep(agent.key, { ...end, attempt: 2, isDone: true, response: { ok: true } })).toBe("done");
    expect([await stateOf(undoId), (await stored(actionId)).state]).toEqual(["done", "compensated"]);
  });

  test("is told one step at a time, so that no step waits behind another while its minute runs", async () => {
    const busy = await makeActingAgent();
    const undos = await Promise.all(["one", "two", "three"].map((conversationId) => undone(busy, { tool: "credit_give", conversationId, input: { amount: 5, order: conversationId } })));
    const began = at(0);
    const workers = await Promise.all([nextHandledSteps(busy.id, null, began), nextHandledSteps(busy.id, null, began)]);
    expect(workers.map((steps) => steps.length)).toEqual([1, 1]);
    const [slow, quick] = workers.flat();
    await endHandledStep(busy.key, { stepId: quick?.stepId ?? "", attempt: 1, isDone: true, response: null });
    const last = await nextHandledSteps(busy.id, null, after(began, 59_000));
    expect(new Set([slow, quick, ...last].map((step) => step?.undoId))).toEqual(new Set(undos.map(({ undoId }) => undoId)));
    expect([slow, quick, ...last].map((step) => step?.attempt)).toEqual([1, 1, 1]);
    expect(await nextHandledSteps(busy.id, null, after(began, 59_500))).toEqual([]);
  });

  test("is told to a process that has it; a person does what others ask about and none of them can do", async () => {
    const split = await makeActingAgent();
    const credit = (conversationId: string) => undone(split, { tool: "credit_give", conversationId, input: { amount: 5 } });
    const [one, two] = [await credit("one"), await credit("two")];
    const began = at(0);
    expect(await nextHandledSteps(split.id, ["letter_void"], began)).toEqual([]);
    const [told] = await nextHandledSteps(split.id, ["letter_void", "credit_take"], began);
    expect(told).toMatchObject({ undoId: one.undoId, attempt: 1, hook: { tool: "credit_take" } });
    await endHandledStep(split.key, { stepId: told?.stepId ?? "", attempt: 1, isDone: true, response: null });
    expect(await nextHandledSteps(split.id, ["letter_void"], after(began, 14 * 60_000))).toEqual([]);
    expect((await stepsOf(two.undoId))[0]).toMatchObject({ state: "waiting", attempts: 0 });
    expect(await nextHandledSteps(split.id, ["letter_void"], after(began, 15 * 60_000))).toEqual([]);
    expect((await stepsOf(two.undoId))[0]).toMatchObject({ state: "by_hand", error: expect.stringContaining("No process that has its handler") as string });
  });

  test("is told again when nothing is heard, and answers for no hook", async () => {
    const { undoId } = await undone(agent, { tool: "credit_give" });
    await nextHandledSteps(agent.id, null, at(0));
    expect((await nextHandledSteps(agent.id, null, at(61_000)))[0]?.attempt).toBe(2);
    expect(await stateOf(undoId)).toBe("running");
    const other = await undone(agent, {});
    const [hooked] = await stepsOf(other.undoId);
    await expect(endHandledStep(agent.key, { stepId: hooked?.id ?? "", attempt: 1, isDone: true, response: null })).rejects.toThrow(NotPossible);
  });
});
