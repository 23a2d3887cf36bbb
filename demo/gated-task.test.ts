import { describe, expect, it } from "vitest";
import type { GateAnswer } from "../sdk/src/enforcement-point.ts";
import { refundBot } from "./agents/refund-bot.ts";
import { runbookRunner } from "./agents/runbook-runner.ts";
import { FLEET } from "./fleet.ts";
import { rulingOf, workThroughGate, type Gate } from "./gated-task.ts";
import type { ToolStep } from "./session.ts";
import { SystemOfRecord } from "./system-of-record.ts";
import type { FinishedTask } from "./telemetry.ts";
import { workOnTask } from "./work-on-task.ts";

const AT = new Date("2026-11-20T18:00:00Z");
const answer = (decision: GateAnswer["decision"], reason: GateAnswer["reason"], more: Partial<GateAnswer> = {}): GateAnswer => ({ decision, reason, sentence: `because ${reason}`, isRecommendation: false, stopId: null, epoch: 1, policies: [], approvers: [], approvalsNeeded: 0, ...more });
const PERMIT = answer("permit", "permitted");
const KILLED = answer("deny", "kill_switch");

const orderFor = (agent: (typeof FLEET)[number], number: number) => ({ agent, recipe: agent.releases.at(-1) ?? agent.releases[0], number, at: AT, firstStart: AT });
const gate = (decide: (tool: string, call: number) => GateAnswer): Gate => {
  let calls = 0;
  return {
    call: async ({ tool, args }, make) => {
      const said = decide(tool, calls++);
      if (said.decision !== "permit") return said;
      make(args);
      return null;
    }, waitUntil: async () => true,
  };
};
const toolsOf = (task: FinishedTask | null) => task?.session.steps.filter((step): step is ToolStep => step.kind === "tool").map(({ spec }) => spec.name) ?? [];
const isWrite = (agent: (typeof FLEET)[number]) => (tool: string) => (agent.releases.at(-1) ?? agent.releases[0]).tools.some(({ name, effect }) => name === tool && effect !== "read");

/** A task in which the agent, left alone, writes. */
async function writingTask(agent: (typeof FLEET)[number]) {
  for (let number = 1; ; number++) {
    if (toolsOf(workOnTask(orderFor(agent, number), new SystemOfRecord())).some(isWrite(agent))) return orderFor(agent, number);
  }
}

describe("a task that asks the gate", () => {
  it.each(FLEET.map((agent) => [agent.id, agent] as const))("of %s goes as it would without, when everything is permitted", async (_, agent) => {
    const [asked, alone] = [new SystemOfRecord(), new SystemOfRecord()];
    for (let number = 1; number <= 40; number++) {
      const done = await workThroughGate(orderFor(agent, number), asked, gate(() => PERMIT));
      const expected = workOnTask(orderFor(agent, number), alone);
      expect([done?.session.steps, done?.outcome]).toEqual([expected.session.steps, expected.outcome]);
      expect(asked.orders.balanceCents).toBe(alone.orders.balanceCents);
    }
  });

  it("asks about each call when its time has come", async () => {
    const asked: string[] = [];
    const times: number[] = [];
    const done = await workThroughGate(await writingTask(refundBot), new SystemOfRecord(), {
      call: async ({ tool, args }, make) => {
        asked.push(tool);
        make(args);
        return null;
      },
      waitUntil: async (atMs) => times.push(atMs) > 0,
    });
    expect(asked).toEqual(toolsOf(done));
    expect(times).toEqual(done?.session.steps.filter(({ kind }) => kind === "tool").map(({ startMs }) => startMs));
  });

  it.each([[refundBot, "transfer_to_human_agents"], [runbookRunner, "page_on_call"]])("hands over to a person where a call is held", async (agent, handOver) => {
    const done = await workThroughGate(await writingTask(agent), new SystemOfRecord(), gate((tool) => (isWrite(agent)(tool) ? answer("hold", "needs_person") : PERMIT)));
    expect(toolsOf(done).at(-1)).toBe(handOver);
    expect(toolsOf(done).some(isWrite(agent))).toBe(false);
    expect([done?.session.isEscalated, done?.session.isInterrupted, done?.outcome]).toEqual([true, false, null]);
  });

  it("recommends what it may not do", async () => {
    const done = await workThroughGate(await writingTask(refundBot), new SystemOfRecord(), gate((tool) => (isWrite(refundBot)(tool) ? answer("deny", "authority", { isRecommendation: true }) : PERMIT)));
    expect([done?.session.hasRecommended, done?.outcome]).toEqual([true, null]);
    expect(toolsOf(done).some(isWrite(refundBot))).toBe(false);
  });

  it.each([KILLED, answer("deny", "no_lease"), answer("deny", "authority")])("is interrupted by $reason, and what it did stays", async (refusal) => {
    const done = await workThroughGate(await writingTask(refundBot), new SystemOfRecord(), gate((_, call) => (call === 0 ? PERMIT : refusal)));
    expect(toolsOf(done).length).toBe(1);
    expect([done?.session.isInterrupted, done?.session.isEscalated, done?.outcome]).toEqual([true, false, null]);
    expect(done?.session.steps.at(-1)).toMatchObject({ kind: "chat", said: { text: `Interrupted. because ${refusal.reason}` } });
  });

  it("is interrupted as well when a stop comes while it hands over", async () => {
    const done = await workThroughGate(await writingTask(refundBot), new SystemOfRecord(), gate((tool) => (tool === "transfer_to_human_agents" ? KILLED : isWrite(refundBot)(tool) ? answer("hold", "needs_person") : PERMIT)));
    expect([done?.session.isInterrupted, done?.session.isEscalated]).toEqual([true, false]);
  });

  it("uses the arguments that a person approved", async () => {
    const records = new SystemOfRecord();
    const done = await workThroughGate(await writingTask(refundBot), records, {
      call: async ({ tool, args }, make) => {
        make(tool === "refund_create" ? { ...args, amount: 1 } : args);
        return null;
      }, waitUntil: async () => true,
    });
    const refund = done?.session.steps.find((step): step is ToolStep => step.kind === "tool" && step.spec.name === "refund_create");
    expect([refund?.args.amount, refund?.result]).toEqual([1, expect.objectContaining({ amount: 1 })]);
  });

  it("takes the answer of a call that was made elsewhere, and makes it not again", async () => {
    const [records, untouched] = [new SystemOfRecord(), new SystemOfRecord()];
    const order = await writingTask(refundBot);
    workOnTask({ ...order, mayWrite: false }, untouched);
    const done = await workThroughGate(order, records, {
      call: async ({ tool, args }, make) => {
        make(args, tool === "refund_create" ? { state: "refused", code: "denied", sentence: "Not here." } : undefined);
        return null;
      }, waitUntil: async () => true,
    });
    const refund = done?.session.steps.find((step): step is ToolStep => step.kind === "tool" && step.spec.name === "refund_create");
    expect(refund?.error).toEqual({ code: "denied", sentence: "Not here." });
    expect(records.orders.balanceCents).toBe(untouched.orders.balanceCents);
  });

  it("is nobody's when the demo ends", async () => {
    expect(await workThroughGate(await writingTask(refundBot), new SystemOfRecord(), { call: async () => PERMIT, waitUntil: async () => false })).toBeNull();
  });

  it("hands over where one tool is stopped or unknown", () => {
    expect([answer("deny", "tool_stopped"), answer("deny", "tool_unknown"), answer("hold", "needs_person"), KILLED, PERMIT].map((given) => rulingOf(given).verdict)).toEqual(["hold", "hold", "hold", "stop", "go"]);
  });
});
