import { SpanKind, SpanStatusCode, type Attributes, type Tracer } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../../lib/database/database.ts";
import { createApiKey, newKeySchema } from "../../lib/operations/api-keys.ts";
import { judgeRollouts } from "../../lib/operations/judge-rollouts.ts";
import { systemActor } from "../../lib/operations/people.ts";
import { actingManifest, makeActingAgent } from "../../lib/testing/acting-agent.ts";
import { startAgentServer, type AgentServer } from "../../lib/testing/agent-server.ts";
import { makeRollout } from "../../lib/testing/make-rollout.ts";
import { useDatabase } from "../../lib/testing/use-database.ts";
import { connect, type EnforcementPoint } from "./enforcement-point.ts";
import { wrapToolCall } from "./adapters/langchain.ts";

useDatabase();

let server: AgentServer;
const ends: (() => Promise<void>)[] = [];
beforeAll(async () => {
  server = await startAgentServer();
});
afterAll(async () => {
  for (const end of ends) await end();
  await server.stop();
});

/** The candidate is a copy but for its prompt; a tracer of the GenAI conventions is around every tool, and records what throws. */
async function house(stage: "shadow" | "assisted") {
  const agent = await makeActingAgent();
  const rollout = await makeRollout(agent, { candidate: actingManifest({ prompt: "You handle refunds politely." }), stage });
  const { secret } = await createApiKey(systemActor, newKeySchema.parse({ name: "sdk", agentIds: [agent.id], scopes: ["authority", "telemetry"] }));
  const point = await connect({ url: server.url, apiKey: secret, agentId: agent.id, name: "worker-1" });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": agent.id, "gen_ai.agent.id": agent.id }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${server.url}/v1/traces`, headers: { authorization: `Bearer ${secret}` } }) })],
  });
  ends.push(() => provider.shutdown(), () => point.close());
  const fingerprints = new Map((await prisma().agentVersion.findMany({ where: { agentId: agent.id } })).map(({ id, fingerprint }) => [id, fingerprint]));
  const valuesOf = async (task: string) => {
    await provider.forceFlush();
    await judgeRollouts(new Date(Date.now() + 120_000));
    return prisma().assignment.findFirstOrThrow({ where: { agentId: agent.id, taskId: task }, select: { values: true, shadowValues: true, exclusion: true } });
  };
  return { agent, rollout, point, tracer: provider.getTracer("tests"), fingerprintOf: (versionId: string) => fingerprints.get(versionId) ?? "", valuesOf };
}

interface Task {
  tracer: Tracer;
  conversation: string;
  fingerprint: string;
}

const common = (operation: string, { conversation, fingerprint }: Task): Attributes => ({ "gen_ai.operation.name": operation, "gen_ai.conversation.id": conversation, "holdpoint.version.fingerprint": fingerprint });

/** One task: the agent goes on after a tool that failed, as its model is told what the tool said. */
async function work(task: Task, tools: ((call: (tool: string, make: () => unknown, attributes?: Attributes) => Promise<void>) => Promise<void>)): Promise<void> {
  await task.tracer.startActiveSpan("invoke_agent", { kind: SpanKind.INTERNAL, attributes: { ...common("invoke_agent", task), "holdpoint.outcome": "success" } }, async (root) => {
    await tools((tool, make, attributes = {}) => task.tracer.startActiveSpan(`execute_tool ${tool}`, { attributes: { ...common("execute_tool", task), "gen_ai.tool.name": tool, ...attributes } }, async (span) => {
      try {
        await make();
      } catch (error) {
        span.recordException(error as Error);
        span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
      } finally {
        span.end();
      }
    }));
    root.end();
  });
}

const refund = (point: EnforcementPoint, conversationId: string, run: () => unknown = () => "done") => () => point.guard("refund_create", { waitMs: 0 }, run)({ amount: 20 }, { conversationId });
const fails = () => {
  throw new Error("The payment service did not answer.");
};

describe("in shadow", () => {
  test("a call that the guard refuses is no action error of the candidate, and what fails still is one", async () => {
    const { point, rollout, tracer, fingerprintOf, valuesOf } = await house("shadow");
    const [current, candidate] = [fingerprintOf(rollout.currentId), fingerprintOf(rollout.candidateId)];
    for (const [task, isFailing] of [["refused", false], ["failed", true]] as const) {
      const { shadow } = await point.assign(task);
      const conversation = shadow?.conversation ?? "";
      await work({ tracer, conversation: task, fingerprint: current }, async (call) => call("refund_create", refund(point, task)));
      await work({ tracer, conversation, fingerprint: candidate }, async (call) => {
        if (isFailing) await call("order_get", () => point.guard("order_get", {}, fails)({ order: "1" }, { conversationId: conversation }));
        await call("refund_create", refund(point, conversation));
      });
    }
    expect(await valuesOf("refused")).toMatchObject({ exclusion: null, values: { action_errors: 0 }, shadowValues: { action_errors: 0 } });
    expect(await valuesOf("failed")).toMatchObject({ exclusion: null, values: { action_errors: 0 }, shadowValues: { action_errors: 1 } });
  });
});

describe("where writes wait for people", () => {
  test("a call that is held or refused is no action error of either version, however it is told, and what fails still is one", async () => {
    const { point, rollout, tracer, fingerprintOf, valuesOf } = await house("assisted");
    const taskOf = async (arm: "current" | "candidate", name: string) => {
      for (let index = 0; ; index += 1) {
        const task = `${name}-${index}`;
        if ((await point.assign(task)).arm === arm) return { conversation: task, tracer, fingerprint: fingerprintOf(arm === "candidate" ? rollout.candidateId : rollout.currentId) };
      }
    };
    const asked = (conversationId: string) => point.check({ tool: "refund_create", input: { amount: 20 }, conversationId });
    const ways: Record<string, (conversation: string) => { make: () => unknown; attributes?: Attributes }> = {
      held: (conversation) => ({ make: refund(point, conversation) }),
      // As LangChain wraps what an MCP server's gateway says.
      "by a sentence": (conversation) => ({ make: async () => { throw Object.assign(new Error(`Not permitted: ${(await asked(conversation)).sentence}`), { name: "ToolException" }); } }),
      // Without any content, as most tracers are set up.
      "by its time": (conversation) => ({ make: async () => { await asked(conversation); throw Object.assign(new Error("tool_error"), { name: "tool_error" }); } }),
      "to the model": (conversation) => ({ make: async () => {
        const told = await wrapToolCall(point, { conversationId: conversation, refuse: ({ content }) => content })({ toolCall: { id: "t1", name: "refund_create", args: { amount: 20 } } }, () => "done");
        throw new Error(told);
      } }),
    };
    for (const [name, way] of Object.entries(ways)) {
      const task = await taskOf("candidate", name);
      const { make, attributes } = way(task.conversation);
      await work(task, async (call) => call("refund_create", make, attributes));
      expect([name, await valuesOf(task.conversation)]).toMatchObject([name, { exclusion: null, values: { action_errors: 0 } }]);
    }
    const denied = await taskOf("current", "denied");
    await work(denied, async (call) => call("refund_create", () => point.guard("refund_create", {}, () => "done")({ amount: 5_000 }, { conversationId: denied.conversation })));
    expect(await valuesOf(denied.conversation)).toMatchObject({ values: { action_errors: 0, violations: 1 } });

    for (const arm of ["current", "candidate"] as const) {
      const failed = await taskOf(arm, `failed of ${arm}`);
      await work(failed, async (call) => {
        // One of them was refused before, and then another failed.
        await call("refund_create", () => point.guard("refund_create", {}, () => "done")({ amount: 5_000 }, { conversationId: failed.conversation }));
        await call(arm === "current" ? "refund_create" : "order_get", arm === "current" ? refund(point, failed.conversation, fails) : () => point.guard("order_get", {}, fails)({ order: "1" }, { conversationId: failed.conversation }));
      });
      expect([arm, await valuesOf(failed.conversation)]).toMatchObject([arm, { values: { action_errors: 1 } }]);
    }
  });
});
