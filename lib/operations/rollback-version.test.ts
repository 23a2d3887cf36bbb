import { describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { NotPermitted, NotPossible } from "../errors.ts";
import { getRollbackPreview } from "../queries/rollback.ts";
import { actingManifest, makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makePerson } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { endAction } from "./end-action.ts";
import { rollbackVersion } from "./rollback-version.ts";
import { startRollout } from "./start-rollout.ts";

useDatabase();

const reason = "It refunds twice.";
const currentOf = async (agentId: string) => (await prisma().agent.findUniqueOrThrow({ where: { id: agentId }, include: { currentVersion: true } })).currentVersion?.number;

async function withSecondVersion(): Promise<ActingAgent> {
  const agent = await makeActingAgent();
  const { change } = await agent.register(actingManifest({ prompt: "Refund everything." }));
  await agent.approve(change?.id ?? "");
  await prisma().agent.update({ where: { id: agent.id }, data: { stage: "partial" } });
  return agent;
}

describe("rollback", () => {
  test("makes the approved version before current, once and never forward, and takes back what was done since", async () => {
    const agent = await withSecondVersion();
    const before = await agent.prepare();
    const { action } = await agent.prepare();
    for (const { id } of [before.action, action]) await endAction(agent.key, { state: "committed", actionId: id, result: null, downstream: null });
    await agent.register(actingManifest({ prompt: "A third prompt." }));
    expect(await currentOf(agent.id)).toBe(2);
    const ola = await makePerson("Ola", ["on_call"]);
    const rolled = await rollbackVersion(ola, { agentId: agent.id, fromVersionId: action.versionId, reason, undoSince: new Date(0) });
    expect([rolled.versionNumber, await currentOf(agent.id), rolled.undo?.state]).toEqual([1, 1, "waiting"]);
    expect(await prisma().undoStep.count({ where: { undoId: rolled.undo?.undoId ?? "" } })).toBe(2);
    const open = await prisma().change.findFirstOrThrow({ where: { agentId: agent.id, state: "open", kind: "version" } });
    expect(open.fromVersionId).toBe(rolled.versionId);
    const kinds = await prisma().logEntry.findMany({ where: { agentId: agent.id, kind: { in: ["version.rolled_back", "undo.started"] } } });
    expect(kinds.map(({ kind }) => kind).toSorted()).toEqual(["undo.started", "version.rolled_back"]);
    await expect(rollbackVersion(ola, { agentId: agent.id, reason })).rejects.toThrow(NotPossible);
    expect(await currentOf(agent.id)).toBe(1);
  });

  test("never goes back to what was rolled back, until that is approved again", async () => {
    const agent = await makeActingAgent();
    const ola = await makePerson("Ola", ["on_call"]);
    const next = async (prompt: string, more: { replacesChangeId?: string } = {}) => {
      const { change } = await agent.register(actingManifest({ prompt }), more);
      await agent.approve(change?.id ?? "");
    };
    const back = async () => {
      const preview = await getRollbackPreview(agent.id, new Date());
      const { versionNumber } = await rollbackVersion(ola, { agentId: agent.id, reason });
      expect([versionNumber, await currentOf(agent.id)]).toEqual([preview?.to.number, preview?.to.number]);
      return versionNumber;
    };
    await next("The second.");
    await next("The third refunds twice.");
    expect(await back()).toBe(2);
    await next("The fourth.");
    expect(await currentOf(agent.id)).toBe(4);
    expect(await back()).toBe(2);
    const { change } = await agent.register(actingManifest({ prompt: "The fifth." }));
    await next("The third refunds twice.", { replacesChangeId: change?.id ?? "" });
    expect(await currentOf(agent.id)).toBe(3);
    await next("The sixth.");
    expect(await back()).toBe(3);
    expect([await back(), await back()]).toEqual([2, 1]);
    expect(await getRollbackPreview(agent.id, new Date())).toBeNull();
    await expect(rollbackVersion(ola, { agentId: agent.id, reason })).rejects.toThrow(NotPossible);
    expect(await currentOf(agent.id)).toBe(1);
  });

  test("does not go back to what is only being tried", async () => {
    const agent = await makeActingAgent();
    const early = await agent.register(actingManifest({ prompt: "Registered before." }));
    const { change } = await agent.register(actingManifest({ prompt: "Approved before." }));
    await agent.approve(change?.id ?? "");
    await agent.approve(early.change?.id ?? "", { keepsRollout: true });
    const rollout = await prisma().rollout.findFirstOrThrow({ where: { agentId: agent.id, state: "planned" } });
    await startRollout(agent.owners.model_steward, { rolloutId: rollout.id, revision: rollout.revision, plan: null, startsAnyway: true });
    expect((await prisma().agentVersion.findUniqueOrThrow({ where: { id: early.version.id } })).approvedAt).not.toBeNull();
    expect((await rollbackVersion(await makePerson("Ola", ["on_call"]), { agentId: agent.id, reason })).versionNumber).toBe(1);
  });

  test("does not skip to a version that was never approved, and not from a version that nobody saw", async () => {
    const agent = await withSecondVersion();
    await prisma().agentVersion.updateMany({ where: { agentId: agent.id, number: 1 }, data: { approvedAt: null } });
    const ola = await makePerson("Ola", ["on_call"]);
    await expect(rollbackVersion(ola, { agentId: agent.id, reason })).rejects.toThrow(/no approved version/);
    await expect(rollbackVersion(ola, { agentId: agent.id, fromVersionId: "av_other", reason })).rejects.toThrow(/meanwhile/);
  });

  test.each([["a viewer", ["viewer"]], ["an operator", ["operator"]], ["an administrator", ["administrator"]]] as const)("%s may not", async (_who, roles) => {
    const agent = await makeActingAgent();
    await expect(rollbackVersion(await makePerson("Vi", [...roles]), { agentId: agent.id, reason })).rejects.toThrow(NotPermitted);
  });
});
