import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { prisma } from "../lib/database/database.ts";
import { manifestSchema } from "../lib/domain/manifest.ts";
import { createApiKey, newKeySchema } from "../lib/operations/api-keys.ts";
import { judgeObservedComponents } from "../lib/operations/findings.ts";
import { systemActor } from "../lib/operations/people.ts";
import { engageStop } from "../lib/operations/stops.ts";
import { startAgentServer, type AgentServer } from "../lib/testing/agent-server.ts";
import { makeAgent, type MadeAgent } from "../lib/testing/make-agent.ts";
import { useDatabase } from "../lib/testing/use-database.ts";
import { approveAtOnce } from "../lib/testing/approve-at-once.ts";
import { heldActions } from "../mcp-gateway/testing/gated-agent.ts";
import { readTextFile, writeFile } from "./agents/file-tools.ts";
import { runbookRunner } from "./agents/runbook-runner.ts";
import type { JsonObject } from "./recipe.ts";
import { RUNBOOKS } from "./records/runbook-folder.ts";
import { heardIn, RunbookServer } from "./runbook-server.ts";

useDatabase();

const DISK_FULL = "runbooks/disk-full.md";
const SERVER = path.resolve("node_modules/@modelcontextprotocol/server-filesystem/dist/index.js");

let holdpoint: AgentServer, agent: MadeAgent, apiKey: string, dataDir: string;
beforeAll(async () => {
  dataDir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "holdpoint-demo-")));
  holdpoint = await startAgentServer();
  agent = await makeAgent({ isApproved: false });
  const { change } = await agent.register(manifestSchema.parse(runbookRunner.releases[0]));
  if (!change) throw new Error("the first version needs a review");
  await agent.approve(change.id);
  await prisma().agent.update({ where: { id: agent.id }, data: { stage: "assisted" } });
  apiKey = (await createApiKey(systemActor, newKeySchema.parse({ name: "demo", agentIds: [agent.id] }))).secret;
});
afterAll(async () => {
  await holdpoint.stop();
  fs.rmSync(dataDir, { recursive: true, force: true });
});

async function withServer(work: (server: RunbookServer, ask: (tool: string, args: JsonObject) => Promise<unknown>) => Promise<void>): Promise<void> {
  const server = new RunbookServer({ url: holdpoint.url, apiKey, agentId: agent.id, dataDir });
  const { signal } = new AbortController();
  try {
    await work(server, async (tool, args) => {
      let answer: unknown;
      const call = server.through({ conversationId: "alert-1", signal });
      const refused = await call({ tool, callId: "call_1", args, because: "For the test." }, (_args, told) => {
        answer = told;
        return null;
      });
      return refused ?? answer;
    });
  } finally {
    await server.close();
  }
}
const onDisk = (server: RunbookServer, file: string): string | null => {
  const place = path.join(server.folder, file);
  return fs.existsSync(place) ? fs.readFileSync(place, "utf8") : null;
};
const decisionsOn = (tool: string) => prisma().gateDecision.findMany({ where: { agentId: agent.id, tool }, orderBy: { decidedAt: "asc" } });

test("declares the tools as the server describes them", async () => {
  const direct = new Client({ name: "test", version: "1.0.0" });
  await direct.connect(new StdioClientTransport({ command: process.execPath, args: [SERVER, dataDir], stderr: "ignore" }));
  const { tools } = await direct.listTools();
  await direct.close();
  for (const { spec } of [readTextFile, writeFile]) {
    const offered = tools.find(({ name }) => name === spec.name);
    expect({ name: spec.name, description: spec.description, inputSchema: spec.inputSchema }).toEqual({ name: offered?.name, description: offered?.description, inputSchema: offered?.inputSchema });
  }
});

describe("through the gateway", () => {
  test("it reads, writes its report, changes a runbook when a person says yes, and no other file", async () => {
    await withServer(async (server, ask) => {
      expect(await ask("read_text_file", { path: DISK_FULL })).toEqual({ state: "done", value: { content: RUNBOOKS[DISK_FULL] } });
      expect(await ask("write_file", { path: "reports/mail-relay.md", content: "Healthy." })).toMatchObject({ state: "done" });
      expect(onDisk(server, "reports/mail-relay.md")).toBe("Healthy.");

      expect(await ask("write_file", { path: "silenced/mail-relay.txt", content: "x" })).toMatchObject({ state: "refused", code: "denied" });
      expect(await ask("write_file", { path: "reports/../silenced.txt", content: "x" })).toMatchObject({ state: "refused", code: "denied" });
      expect([onDisk(server, "silenced/mail-relay.txt"), onDisk(server, "silenced.txt")]).toEqual([null, null]);

      const changed = ask("write_file", { path: DISK_FULL, content: "Rotate twice." });
      const held = await vi.waitUntil(async () => (await heldActions(agent.id))[0], { timeout: 20_000 });
      expect([held.approvers, onDisk(server, DISK_FULL)]).toEqual([["role:technical_owner", "role:operator"], RUNBOOKS[DISK_FULL]]);
      await approveAtOnce(held.id);
      expect(await changed).toMatchObject({ state: "done" });
      expect(onDisk(server, DISK_FULL)).toBe("Rotate twice.");
      await vi.waitFor(async () => expect(await prisma().action.findUniqueOrThrow({ where: { id: held.id } })).toMatchObject({ state: "committed", compensation: { hook: { kind: "manual" } } }), { timeout: 20_000 });
    });
    expect((await decisionsOn("write_file")).map(({ decision, conversationId }) => [decision, conversationId])).toEqual([["permit", "alert-1"], ["deny", "alert-1"], ["deny", "alert-1"], ["hold", "alert-1"]]);
  });

  test("what it offers is what was approved, and it goes with its gateway", async () => {
    await withServer(async (server) => {
      await server.start();
      await vi.waitFor(async () => {
        await judgeObservedComponents(new Date());
        expect(await prisma().observedComponent.count({ where: { agentId: agent.id, facet: "tool", judgedAt: { not: null } } })).toBe(2);
      }, { timeout: 20_000 });
    });
    expect(await prisma().finding.count({ where: { agentId: agent.id } })).toBe(0);
    const points = await prisma().enforcementPoint.findMany({ where: { agentId: agent.id, name: { startsWith: "mcp " } } });
    expect(points.length).toBeGreaterThan(0);
    // The gateway says goodbye after its server has ended.
    await vi.waitFor(async () => expect(await prisma().enforcementPoint.count({ where: { agentId: agent.id, name: { startsWith: "mcp " }, leftAt: null } })).toBe(0), { timeout: 20_000 });
  });

  test("after a restart the runbooks are as somebody left them", async () => {
    await withServer(async (_server, ask) => {
      expect(await ask("read_text_file", { path: DISK_FULL })).toMatchObject({ value: { content: "Rotate twice." } });
    });
  });

  test("a stop ends the task, and a file that is not there does not", async () => {
    await withServer(async (_server, ask) => {
      expect(await ask("read_text_file", { path: "runbooks/none.md" })).toMatchObject({ state: "refused", code: "tool_error" });
      await engageStop(agent.author, { scope: "agent", target: agent.id, reason: null });
      await vi.waitFor(async () => expect(await ask("read_text_file", { path: DISK_FULL })).toMatchObject({ decision: "deny", reason: "kill_switch" }), { timeout: 20_000 });
    });
  });
});

test("without the server a call is refused, and nobody waits for it", async () => {
  const server = new RunbookServer({ url: "http://127.0.0.1:9", apiKey: "hp_none", agentId: agent.id, dataDir });
  await server.close();
  let answer: unknown;
  const call = server.through({ conversationId: "c", signal: new AbortController().signal });
  await call({ tool: "read_text_file", callId: "call_1", args: { path: DISK_FULL }, because: "" }, (_args, told) => {
    answer = told;
    return null;
  });
  expect(answer).toMatchObject({ state: "refused", code: "unavailable" });
});

const said = (more: object) => ({ content: [{ type: "text" as const, text: "Words." }], ...more });
const ruled = (decision: string, reason: string) => said({ isError: true, _meta: { "holdpoint/decision": { decision, reason } } });
test.each([
  ["a result", said({}), { answer: { state: "done", value: { content: "Words." } } }],
  ["the tool's own no", said({ isError: true }), { answer: { state: "refused", code: "tool_error", sentence: "Words." } }],
  ["the policy's no", ruled("deny", "policy"), { answer: { state: "refused", code: "denied", sentence: "Words." } }],
  ["a hold", ruled("hold", "policy"), { ruling: { decision: "hold", reason: "policy", sentence: "Words." } }],
  ["a stop", ruled("deny", "kill_switch"), { ruling: { decision: "deny", reason: "kill_switch", sentence: "Words." } }],
])("hears %s", (_what, result, heard) => {
  expect(heardIn(result)).toMatchObject(heard);
});
