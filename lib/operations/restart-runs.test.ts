import { beforeEach, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { Actor } from "../domain/roles.ts";
import { NotFound, NotPermitted, NotPossible } from "../errors.ts";
import { followUpsDone } from "../follow-up.ts";
import { paths } from "../paths.ts";
import { countCutRuns, getCutRuns, listAskingRuns } from "../queries/cut-runs.ts";
import { getFleetNeeds } from "../queries/fleet-needs.ts";
import { findShownStop, pulseOfShown } from "../queries/stops-shown.ts";
import { actingManifest, makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makePerson } from "../testing/make-agent.ts";
import { makeRollout } from "../testing/make-rollout.ts";
import { useDatabase } from "../testing/use-database.ts";
import { assignTask } from "./assign-task.ts";
import { bundleNow } from "./bundle-now.ts";
import { cancelStopped } from "./cancel-actions.ts";
import { checkCall, type CheckedCall } from "./check-calls.ts";
import { forgetCuts } from "./forget-cuts.ts";
import { systemActor } from "./people.ts";
import { restartRuns } from "./restart-runs.ts";
import { askRelease, engageStop, releaseStop, stopSchema } from "./stops.ts";

useDatabase();

let agent: ActingAgent;
beforeEach(async () => {
  agent = await makeActingAgent();
});
const onCall = () => makePerson("Ola", ["on_call"]);
const stop = async (scope: "agent" | "tool" | "fleet" | "version" = "agent", target = agent.id) => (await engageStop(await onCall(), stopSchema.parse({ scope, target }))).stopId;
async function release(stopId: string): Promise<void> {
  await askRelease(await onCall(), { stopId, reason: "It is over." });
  await releaseStop(await onCall(), { stopId });
}
const restart = async (stopId: string) => restartRuns(await onCall(), { stopId });

let calls = 0;
async function check(conversationId: string, tool = "order_get", toolCallId = `t${++calls}`, actor: Actor = agent.key): Promise<CheckedCall> {
  const bundle = await prisma().$transaction((tx) => bundleNow(tx, agent.id, new Date()));
  return checkCall(actor, { agentId: agent.id, conversationId, toolCallId, tool, input: {}, onBehalfOf: null, confidence: null }, bundle);
}
const answers = async (...asked: Promise<{ decision: string; reason: string }>[]) => (await Promise.all(asked)).map(({ decision, reason }) => [decision, reason]);

describe("a run that a stop cut", () => {
  test("stays cut after the release, for every tool and whoever asks, until somebody lets it go on; a new one needs no word", async () => {
    const stopId = await stop();
    expect(await answers(check("cut"))).toEqual([["deny", "kill_switch"]]);
    await release(stopId);
    expect(await answers(check("cut"), check("cut", "refund_create"), agent.prepare({ conversationId: "cut" }), check("new"), agent.prepare({ conversationId: "new" }))).toEqual([
      ["deny", "run_cut"], ["deny", "run_cut"], ["deny", "run_cut"], ["permit", "permitted"], ["permit", "permitted"],
    ]);
    expect((await check("cut")).stopId).toBe(stopId);
    await restart(stopId);
    expect(await answers(check("cut"), agent.prepare({ conversationId: "cut" }))).toEqual([["permit", "permitted"], ["permit", "permitted"]]);
  });

  test("by a call that was to have consequences is cut as well", async () => {
    const stopId = await stop();
    expect(await answers(agent.prepare({ conversationId: "wrote" }))).toEqual([["deny", "kill_switch"]]);
    await release(stopId);
    expect(await answers(check("wrote"))).toEqual([["deny", "run_cut"]]);
  });

  test("while its action waited for a person is cut, whether it is told of the stop or not", async () => {
    const told = await agent.prepare({ conversationId: "waited", input: { amount: 200 } });
    expect(told.decision).toBe("hold");
    const stopId = await stop();
    await followUpsDone();
    await cancelStopped(new Date());
    await release(stopId);
    expect(await answers(check("waited"), check("another"))).toEqual([["deny", "run_cut"], ["permit", "permitted"]]);
  });

  test("whose permitted call is repeated under the stop is cut, though nothing new is recorded", async () => {
    expect((await check("repeats", "order_get", "same")).decision).toBe("permit");
    const stopId = await stop();
    expect(await answers(check("repeats", "order_get", "same"))).toEqual([["deny", "kill_switch"]]);
    await release(stopId);
    expect(await answers(check("repeats", "order_get", "same"), check("repeats"))).toEqual([["deny", "run_cut"], ["deny", "run_cut"]]);
  });

  test("by a stop of one tool goes on with the others", async () => {
    const stopId = await stop("tool", `${agent.id}/refund_create`);
    expect(await answers(agent.prepare({ conversationId: "tool" }), check("tool"))).toEqual([["deny", "tool_stopped"], ["permit", "permitted"]]);
    await release(stopId);
    expect(await answers(agent.prepare({ conversationId: "tool" }), check("tool"))).toEqual([["deny", "run_cut"], ["permit", "permitted"]]);
  });

  test("by two stops goes on when somebody has said so of both", async () => {
    const [first, second] = [await stop(), await stop("fleet", "")];
    await check("both");
    await release(first);
    await release(second);
    await restart(first);
    expect(await answers(check("both"))).toEqual([["deny", "run_cut"]]);
    await restart(second);
    expect(await answers(check("both"))).toEqual([["permit", "permitted"]]);
  });

  test("in a task of a rollout is cut like any other", async () => {
    await makeRollout(agent, { candidate: actingManifest({ label: "2.0", prompt: "A new prompt." }), exposure: 0.999 });
    expect(await assignTask(agent.key, { agentId: agent.id, task: "task", unit: null })).toMatchObject({ arm: "candidate" });
    const stopId = await stop();
    expect(await answers(check("task"))).toEqual([["deny", "kill_switch"]]);
    await release(stopId);
    expect(await answers(check("task"))).toEqual([["deny", "run_cut"]]);
  });

  test("is none in which only Holdpoint's own probe was refused", async () => {
    const stopId = await stop();
    expect(await answers(check("probed", "order_get", "probe", systemActor))).toEqual([["deny", "kill_switch"]]);
    await release(stopId);
    expect(await answers(check("probed"))).toEqual([["permit", "permitted"]]);
  });

  test("is none where the call names no run, and no stop of another agent cuts", async () => {
    const other = await makeActingAgent();
    const [stopId, elsewhere] = [await stop(), await stop("agent", other.id)];
    await check("");
    await release(stopId);
    await release(elsewhere);
    expect(await answers(check(""))).toEqual([["permit", "permitted"]]);
    expect([...(await countCutRuns([stopId, elsewhere]))]).toEqual([]);
  });
});

describe("letting runs go on", () => {
  test("needs a release before, and a run that was cut", async () => {
    const stopId = await stop();
    await expect(restart(stopId)).rejects.toThrow(NotPossible);
    await release(stopId);
    await expect(restart(stopId)).rejects.toThrow(/cut no run/);
    await expect(restart("st_none")).rejects.toThrow(NotFound);
  });

  test("is for who may release, leaves one entry however often it is pressed, and says who did it", async () => {
    const stopId = await stop();
    await check("once");
    await release(stopId);
    await expect(restartRuns(await makePerson("Vera", ["viewer"]), { stopId })).rejects.toThrow(NotPermitted);
    await expect(restartRuns(agent.key, { stopId })).rejects.toThrow(NotPermitted);
    await Promise.all([restart(stopId), restart(stopId)]);
    const entries = await prisma().logEntry.findMany({ where: { subject: stopId, kind: "stop.restarted" } });
    expect(entries.map(({ body }) => (JSON.parse(body) as { detail: unknown }).detail)).toEqual([{ scope: "agent", target: agent.id, runs: 1 }]);
    expect(await prisma().stop.findUniqueOrThrow({ where: { id: stopId } })).toMatchObject({ restartedBy: "Ola", restartedAt: expect.any(Date) as Date });
  });
});

describe("what is shown", () => {
  test("are the runs by number and name, and those that ask to go on", async () => {
    const stopId = await stop();
    const before = pulseOfShown((await findShownStop(stopId, new Date()))!);
    await Promise.all([check("a"), check("b")]);
    expect(await getCutRuns(stopId)).toMatchObject({ runs: 2, agents: 1, listed: [{ agentId: agent.id, tool: "", runId: null }, {}] });
    const shown = await findShownStop(stopId, new Date());
    expect([shown?.cutRuns, pulseOfShown(shown!) === before]).toEqual([2, false]);
    await release(stopId);
    expect(await listAskingRuns(agent.id)).toEqual([]);
    await check("a");
    expect(await listAskingRuns(agent.id)).toEqual([{ stopId, runs: 1 }]);
    const needOfAgent = async () => (await getFleetNeeds({ state: "warning", page: 1 }, new Date())).needs.find(({ name }) => name === agent.id);
    expect(await needOfAgent()).toMatchObject({ sentence: "A run that a stop cut asks to go on since its release.", next: { href: paths.stopOf(stopId) } });
    await restart(stopId);
    expect(await listAskingRuns(agent.id)).toEqual([]);
    expect((await needOfAgent())?.sentence ?? "").not.toContain("asks to go on");
  });

  test("is forgotten with the decisions, and never while the stop holds", async () => {
    const [stopId, engaged] = [await stop(), await stop("fleet", "")];
    await check("old");
    await release(stopId);
    const later = new Date(Date.now() + 100 * 86_400_000);
    expect(await forgetCuts(365, later)).toBe(0);
    await forgetCuts(90, later);
    expect([...(await countCutRuns([stopId, engaged]))]).toEqual([[engaged, 1]]);
    await release(engaged);
  });
});
