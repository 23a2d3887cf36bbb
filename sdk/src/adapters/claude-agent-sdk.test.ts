import fs from "node:fs";
import { createRequire } from "node:module";
import net, { type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { prisma } from "../../../lib/database/database.ts";
import { createApiKey, newKeySchema } from "../../../lib/operations/api-keys.ts";
import { approveAction } from "../../../lib/operations/approve-action.ts";
import { systemActor } from "../../../lib/operations/people.ts";
import { ACTING_POLICY, makeActingAgent, type ActingAgent } from "../../../lib/testing/acting-agent.ts";
import { startAgentServer, type AgentServer } from "../../../lib/testing/agent-server.ts";
import { useDatabase } from "../../../lib/testing/use-database.ts";
import { startScriptedMessages, type CallResult, type ScriptedCall } from "../testing/scripted-messages.ts";

const TESTED = "@anthropic-ai/claude-agent-sdk@0.3.330";
const TOOL = "mcp__desk__refund_create";

interface ClaudeAgentSdk {
  query: (asked: { prompt: string; options: object }) => AsyncIterable<{ type: string }>;
  tool: (name: string, description: string, shape: object, make: (input: { amount: number }) => Promise<object>) => object;
  createSdkMcpServer: (given: { name: string; tools: readonly object[] }) => object;
}

/** Not among our packages: the program that it starts is 175 MB to download. */
async function installed(): Promise<ClaudeAgentSdk | null> {
  try {
    const file = createRequire(import.meta.url).resolve("@anthropic-ai/claude-agent-sdk");
    return (await import(pathToFileURL(file).href)) as ClaudeAgentSdk;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    return null;
  }
}
const sdk = await installed();

describe.skipIf(sdk === null)(`Claude's agents, by the real package (npm install --no-save ${TESTED})`, () => {
  useDatabase();

  let server: AgentServer, agent: ActingAgent, secret: string, folder: string;
  beforeAll(async () => {
    server = await startAgentServer();
    const inputSchema = { type: "object", properties: { amount: { type: "number" } }, required: ["amount"] };
    agent = await makeActingAgent({ tools: [{ name: TOOL, inputSchema, effect: "write", amount: { path: "amount", unit: "major", currency: "EUR" } }], policy: { cedar: ACTING_POLICY.replaceAll("refund_create", TOOL) } });
    ({ secret } = await createApiKey(systemActor, newKeySchema.parse({ name: "claude", agentIds: [agent.id], scopes: ["authority"] })));
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "holdpoint-claude-"));
  });
  afterAll(async () => {
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  interface Session {
    /** Of what the hook's settings say. */
    hook?: object;
    env?: Record<string, string>;
    /** Claude asks nobody about the call: nothing but the hook stands before it. */
    isAllowed?: boolean;
    /** Where the hook is configured. */
    by?: "option" | "project";
  }

  /** A session in which the model makes these calls; what was paid, and what the model was told of each call. */
  async function session(calls: readonly (ScriptedCall["input"] | number)[], { hook = {}, env = {}, isAllowed = false, by = "option" }: Session = {}): Promise<{ paid: number[]; results: readonly CallResult[] }> {
    if (sdk === null) throw new Error("the package is not there");
    const paid: number[] = [];
    const refund = sdk.tool("refund_create", "Pays back.", { amount: z.number() }, async ({ amount }) => {
      paid.push(amount);
      return { content: [{ type: "text", text: "paid" }] };
    });
    const model = await startScriptedMessages(calls.map((input) => ({ tool: TOOL, input: typeof input === "number" ? () => ({ amount: input }) : input })));
    const asked = {
      type: "http", url: `${server.url}/v1/hooks/claude/${agent.id}`, timeout: 30, onFailure: "block",
      headers: { authorization: "Bearer $HOLDPOINT_KEY", "holdpoint-user": "$HOLDPOINT_USER" }, allowedEnvVars: ["HOLDPOINT_KEY", "HOLDPOINT_USER"], ...hook,
    };
    const settings = { hooks: { PreToolUse: [{ hooks: [asked] }] } };
    const cwd = fs.mkdtempSync(path.join(folder, "project-"));
    if (by === "project") {
      fs.mkdirSync(path.join(cwd, ".claude"));
      fs.writeFileSync(path.join(cwd, ".claude", "settings.json"), JSON.stringify(settings));
    }
    try {
      const messages = sdk.query({
        prompt: "Refund it.",
        options: {
          cwd, model: "scripted", tools: [], persistSession: false, permissionMode: "default", mcpServers: { desk: sdk.createSdkMcpServer({ name: "desk", tools: [refund] }) },
          ...(by === "project" ? { settingSources: ["project"] } : { settingSources: [], settings }), ...(isAllowed ? { allowedTools: [TOOL] } : {}),
          env: {
            PATH: process.env.PATH, HOME: folder, TMPDIR: folder, CLAUDE_CONFIG_DIR: folder, ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: "none", HOLDPOINT_KEY: secret, HOLDPOINT_USER: "u_cl",
            CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1", DISABLE_TELEMETRY: "1", DISABLE_ERROR_REPORTING: "1", DISABLE_AUTOUPDATER: "1", ...env,
          },
        },
      });
      for await (const { type } of messages) if (type === "result") break;
      return { paid, results: model.results() };
    } finally {
      await model.close();
    }
  }

  const requests = () => prisma().action.findMany({ where: { agentId: agent.id }, orderBy: { preparedAt: "asc" } });
  /** As a person does in the console, and the time to take it back has passed. */
  async function approveNext(): Promise<void> {
    const { id, inputDigest } = await vi.waitFor(async () => {
      const held = (await requests()).find(({ state }) => state === "held");
      if (!held) throw new Error("nothing waits");
      return held;
    }, { timeout: 20_000 });
    await approveAction(agent.owners.business_owner, { actionId: id, inputDigest, reason: null });
    await prisma().action.update({ where: { id }, data: { dispatchAt: new Date() } });
  }

  test("a permitted call is made, and the policy knows for whom", async () => {
    const { paid, results } = await session([20]);
    expect([paid, results]).toEqual([[20], [{ isError: false, text: "paid" }]]);
    expect((await prisma().gateDecision.findFirstOrThrow({ where: { agentId: agent.id, tool: TOOL, decision: "permit" } })).facts).toMatchObject({ user: "u_cl" });
  });

  test.each(["option", "project"] as const)("a refused call is not made, though Claude would make it, and the model is told why: hook in the settings of the %s", async (by) => {
    const { paid, results } = await session([5_000], { by, isAllowed: true });
    expect([paid, results]).toEqual([[], [{ isError: true, text: expect.stringContaining("no-fortunes") as string }]]);
  });

  test("a held call waits, and is made when a person has approved it", async () => {
    const [{ paid, results }] = await Promise.all([session([200]), approveNext()]);
    expect([paid, results]).toEqual([[200], [{ isError: false, text: "paid" }]]);
  });

  test("a held call that nobody decided in time is not made; made again after a person approved, it is, once", async () => {
    const approved = async () => {
      await approveNext();
      return { amount: 300 };
    };
    const before = (await requests()).length;
    const { paid, results } = await session([300, approved], { isAllowed: true });
    expect(paid).toEqual([300]);
    expect(results).toEqual([{ isError: true, text: expect.stringContaining("make the same call again") as string }, { isError: false, text: "paid" }]);
    expect((await requests()).length - before).toBe(1);
  }, 60_000);

  /** It takes what is sent and never answers. */
  const silent = net.createServer((socket) => void socket.on("error", () => undefined).resume());
  const portOf = async (listening: net.Server): Promise<number> => {
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    return (listening.address() as AddressInfo).port;
  };
  afterAll(() => void silent.close());

  test.each<[string, () => Promise<Session>]>([
    ["is away", async () => {
      const gone = net.createServer();
      const port = await portOf(gone);
      await new Promise((resolve) => gone.close(resolve));
      return { hook: { url: `http://127.0.0.1:${port}/v1/hooks/claude/${agent.id}` } };
    }],
    ["does not answer", async () => ({ hook: { url: `http://127.0.0.1:${await portOf(silent)}/v1/hooks/claude/${agent.id}`, timeout: 1 } })],
    ["does not know the key", async () => ({ env: { HOLDPOINT_KEY: "hp_nobodys" } })],
    ["does not know the agent", async () => ({ hook: { url: `${server.url}/v1/hooks/claude/nobody` } })],
    ["is not told for whom", async () => ({ hook: { allowedEnvVars: ["HOLDPOINT_KEY"] } })],
  ])("where Holdpoint %s no call is made, though Claude would make it", async (_, prepared) => {
    const { paid, results } = await session([20], { ...(await prepared()), isAllowed: true });
    expect([paid, results]).toEqual([[], [{ isError: true, text: expect.stringContaining("PreToolUse") as string }]]);
  });

  test("without onFailure it is made: that is what the setting is for", async () => {
    const { paid } = await session([20], { env: { HOLDPOINT_KEY: "hp_nobodys" }, hook: { onFailure: undefined }, isAllowed: true });
    expect(paid).toEqual([20]);
  });
});
