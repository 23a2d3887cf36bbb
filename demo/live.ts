// The fleet at work: a task every few seconds, reported when it ends. Each call that a task makes is decided by its worker's enforcement point.

import { setTimeout as pause } from "node:timers/promises";
import { EnforcementPoint, GateRefused } from "../sdk/src/enforcement-point.ts";
import type { DemoAgent } from "./agents/demo-agent.ts";
import { isFileTool } from "./agents/file-tools.ts";
import { runbookRunner } from "./agents/runbook-runner.ts";
import { existingKey, type DemoMemory } from "./demo-state.ts";
import { FLEET } from "./fleet.ts";
import { rulingOf, workThroughGate, type Gate } from "./gated-task.ts";
import { Random } from "./random.ts";
import type { JsonObject, Recipe } from "./recipe.ts";
import { candidateOf } from "./rollouts.ts";
import { RunbookServer } from "./runbook-server.ts";
import { recipeAt } from "./stories.ts";
import type { SystemOfRecord } from "./system-of-record.ts";
import { Telemetry } from "./telemetry.ts";
import { taskOf } from "./work-on-task.ts";

const BETWEEN_TASKS_MS = [3_000, 6_000] as const;
/** A long wait is a task's business, not the visitor's. */
const LONGEST_TASK_MS = 90_000;
const LONGEST_HOLD_MS = 15 * 60_000;
/** The busy ones run in two processes each, as far as Holdpoint can tell. */
const WORKERS: Readonly<Record<string, number>> = { "refund-bot": 2, "crm-sync": 2 };

export interface Live {
  url: string;
  dataDir: string;
  memory: DemoMemory;
  records: SystemOfRecord;
  signal: AbortSignal;
  tell: (line: string) => void;
}

interface Line {
  agent: DemoAgent;
  telemetry: Telemetry;
  workers: readonly [EnforcementPoint, ...EnforcementPoint[]];
  /** Where its file tools are called through the MCP gateway. */
  files: RunbookServer | null;
}

/** Ends soon after the signal. What that interrupts is not reported: nobody knows how it would have ended. */
export async function workUntilStopped({ url, dataDir, memory, records, signal, tell }: Live): Promise<void> {
  const { state } = memory;
  const firstStart = new Date(state.firstStart);
  const random = new Random(`live ${Date.now()}`);
  if (!RunbookServer.isInstalled()) tell("The MCP server of runbook-runner is not installed, as after npm ci --omit=dev. Its file tools are simulated like the others.");
  const lineOfAgent = (agent: DemoAgent) => lineOf(agent, { url, dataDir, key: existingKey(state, agent.id) });
  const [first, ...others] = FLEET;
  const lines: [Line, ...Line[]] = [lineOfAgent(first), ...others.map(lineOfAgent)];
  // A point that cannot reach Holdpoint stays closed, and its worker takes no task.
  for (const { agent, workers, files } of lines) {
    void files?.start();
    for (const worker of workers) {
      void worker.start();
      for (const [name, { run, rehearse }] of Object.entries(agent.compensations ?? {})) {
        worker.onCompensate(name, ({ result }) => run(result, records, Date.now()), { rehearse: () => rehearse(records, Date.now()) });
      }
    }
  }
  const underWay = new Set<Promise<void>>();
  while (!signal.aborted) {
    const line = random.pick(lines);
    const worker = random.pick(line.workers);
    const at = new Date();
    const recipe = recipeAt(line.agent, at, firstStart);
    if (mayBegin(worker, recipe)) {
      const number = memory.takeNumber(line.agent.id);
      memory.save();
      const task = liveTask(line, worker, { agent: line.agent, recipe, number, at, firstStart }, records, signal).finally(() => underWay.delete(task));
      underWay.add(task);
    }
    await pause(random.between(...BETWEEN_TASKS_MS), undefined, { signal }).catch(() => undefined);
  }
  await Promise.allSettled([...underWay, ...lines.flatMap(({ workers, files }) => [files?.close(), ...workers.map((worker) => worker.close())])]);
  await Promise.allSettled(lines.map(({ telemetry }) => telemetry.close()));
  tell("The fleet has stopped.");
}

function lineOf(agent: DemoAgent, { url, dataDir, key }: { url: string; dataDir: string; key: string }): Line {
  const worker = (number: number) => new EnforcementPoint({ url, apiKey: key, agentId: agent.id, name: `sdk ${agent.id} worker-${number}` });
  const others = Array.from({ length: (WORKERS[agent.id] ?? 1) - 1 }, (_, index) => worker(index + 2));
  const files = agent === runbookRunner && RunbookServer.isInstalled() ? new RunbookServer({ url, apiKey: key, agentId: agent.id, dataDir }) : null;
  return { agent, telemetry: new Telemetry(agent.id, url, key), workers: [worker(1), ...others], files };
}

/** Whoever may not even look takes no task. */
function mayBegin(worker: EnforcementPoint, { tools }: Recipe): boolean {
  const looking = tools.find(({ effect }) => effect === "read");
  return looking !== undefined && rulingOf(worker.decide(looking.name)).verdict !== "stop";
}

async function liveTask({ telemetry, files }: Line, worker: EnforcementPoint, order: Parameters<typeof workThroughGate>[0], records: SystemOfRecord, signal: AbortSignal): Promise<void> {
  const startMs = order.at.getTime();
  const waitUntil = (atMs: number) => {
    const untilMs = Math.min(atMs, startMs + LONGEST_TASK_MS);
    return pause(Math.max(0, untilMs - Date.now()), true, { signal }).catch(() => false);
  };
  const { conversationId } = taskOf(order);
  const candidate = candidateOf(order.agent);
  // Whoever gets no answer does the task with the current version.
  const recipe = candidate !== null && (await worker.assign(conversationId)).arm === "candidate" ? candidate : order.recipe;
  const throughPoint = callThrough(worker, { conversationId, waitMs: order.agent.waitsForPerson ? LONGEST_HOLD_MS : 0, signal });
  const throughServer = files?.through({ conversationId, signal }) ?? throughPoint;
  const done = await workThroughGate({ ...order, recipe }, records, { call: (next, make) => (isFileTool(next.tool) ? throughServer : throughPoint)(next, make), waitUntil });
  if (!done || !(await waitUntil(done.session.nowMs))) return;
  telemetry.report(done);
  await telemetry.flush().catch(() => undefined);
}

/** The system refused, so nothing happened; or it did not answer, so nobody knows. */
class CallFailed extends Error {
  override name = "CallFailed";
  readonly isCertain: boolean;

  constructor(sentence: string, isCertain: boolean) {
    super(sentence);
    this.isCertain = isCertain;
  }
}

function callThrough(worker: EnforcementPoint, { conversationId, waitMs, signal }: { conversationId: string; waitMs: number; signal: AbortSignal }): Gate["call"] {
  return async ({ tool, callId, args, because }, make) => {
    const guarded = worker.guard(tool, { waitMs, hadNoEffect: (error) => error instanceof CallFailed && error.isCertain }, (given: JsonObject) => {
      const answer = make(given);
      if (answer === null) throw new CallFailed(`${tool} did not answer.`, false);
      if (answer.state === "refused") throw new CallFailed(answer.sentence, answer.code !== "timeout");
      return answer.state === "done" ? answer.value : null;
    });
    try {
      await guarded(args, { conversationId, toolCallId: callId, justification: because, signal });
      return null;
    } catch (error) {
      if (error instanceof CallFailed) return null;
      if (error instanceof GateRefused) return error.answer;
      // Holdpoint answered nothing, or not in time: such a call is not made.
      return { decision: "deny", reason: "no_lease", sentence: "Holdpoint could not be asked.", isRecommendation: false, stopId: null, epoch: null, policies: [], approvers: [], approvalsNeeded: 0 };
    }
  };
}
