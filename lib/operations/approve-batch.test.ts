import { beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { PersonActor } from "../domain/roles.ts";
import { BadInput, NotFound, NotPermitted } from "../errors.ts";
import { makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makePerson } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { approveBatch } from "./approve-batch.ts";
import type { PreparedAction } from "./prepare-action.ts";
import { rejectAction } from "./reject-action.ts";

useDatabase();

let agent: ActingAgent;
let ola: PersonActor, mia: PersonActor;
beforeAll(async () => {
  agent = await makeActingAgent();
  [ola, mia] = [await makePerson("Ola", ["on_call"]), await makePerson("Mia", ["operator"])];
});

const stored = (id: string) => prisma().action.findUniqueOrThrow({ where: { id } });
const hold = (): Promise<PreparedAction> => agent.prepare({ input: { amount: 200, order: "5512" } });

describe("several at once", () => {
  const batch = (...all: PreparedAction[]) => ({ actions: all.map(({ action: { id, inputDigest } }) => ({ actionId: id, inputDigest })) });

  test("what is alike is approved; what stands out or was decided meanwhile is left out and named", async () => {
    const own = await makeActingAgent();
    const [a, b, c, far, gone] = await Promise.all([110, 120, 130, 450, 111].map((amount) => own.prepare({ input: { amount } }))) as [PreparedAction, PreparedAction, PreparedAction, PreparedAction, PreparedAction];
    await rejectAction(mia, { actionId: gone.action.id, inputDigest: gone.action.inputDigest, reason: "Twice." });
    await expect(approveBatch(ola, batch(a, b, c))).rejects.toThrow(/tier 2/);
    await prisma().agent.update({ where: { id: own.id }, data: { tier: 1 } });
    const { approved, leftOut } = await approveBatch(ola, batch(a, b, c, far, gone));
    expect(new Set(approved)).toEqual(new Set([a, b, c].map(({ action }) => action.id)));
    expect(new Map(leftOut.map(({ actionId, why }) => [actionId, why]))).toEqual(new Map([[far.action.id, expect.stringMatching(/three times/) as string], [gone.action.id, expect.stringMatching(/decided already/) as string]]));
    expect((await stored(far.action.id)).state).toBe("held");
  });

  test("what cannot be undone is left out and named, however it was asked for", async () => {
    const own = await makeActingAgent();
    await prisma().agent.update({ where: { id: own.id }, data: { tier: 1 } });
    const [one, two] = [await own.prepare({ tool: "payout_send", input: { amount: 1 } }), await own.prepare({ tool: "payout_send", input: { amount: 2 } })];
    const { approved, leftOut } = await approveBatch(ola, batch(one, two));
    expect([approved, leftOut.map(({ why }) => why)]).toEqual([[], [expect.stringMatching(/cannot be undone/), expect.stringMatching(/cannot be undone/)]]);
    for (const { action } of [one, two]) expect((await stored(action.id)).state).toBe("held");
  });

  test("what is not alike, or not there, is refused as a whole", async () => {
    const [held, other] = [await hold(), await agent.prepare({ tool: "payout_send" })];
    await prisma().agent.update({ where: { id: agent.id }, data: { tier: 1 } });
    await expect(approveBatch(ola, batch(held, other))).rejects.toThrow(BadInput);
    await expect(approveBatch(ola, { actions: [...batch(held).actions, { actionId: "ac_none", inputDigest: held.action.inputDigest }] })).rejects.toThrow(NotFound);
    expect((await stored(held.action.id)).state).toBe("held");
    await prisma().agent.update({ where: { id: agent.id }, data: { tier: 2 } });
  });

  test("nobody approves a batch of an agent that is not theirs", async () => {
    await expect(approveBatch(await makePerson("Bo", [], { "another-agent": ["business_owner"] }), batch(await hold()))).rejects.toThrow(NotPermitted);
  });
});
