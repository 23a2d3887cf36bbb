import fs from "node:fs";
import path from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Client as ClientOfBefore } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as TransportOfBefore } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { prisma } from "../lib/database/database.ts";
import { judgeObservedComponents } from "../lib/operations/findings.ts";
import type { Manifest } from "../lib/domain/manifest.ts";
import type { PersonActor } from "../lib/domain/roles.ts";
import { revokeApiKey } from "../lib/operations/api-keys.ts";
import { systemActor } from "../lib/operations/people.ts";
import { restartRuns } from "../lib/operations/restart-runs.ts";
import { askRelease, engageStop, releaseStop } from "../lib/operations/stops.ts";
import { approveAtOnce } from "../lib/testing/approve-at-once.ts";
import { startAgentServer, type AgentServer } from "../lib/testing/agent-server.ts";
import { makePerson } from "../lib/testing/make-agent.ts";
import { useDatabase } from "../lib/testing/use-database.ts";
import { gatedAgent, heldActions, Journal, type GatedAgent } from "./testing/gated-agent.ts";

useDatabase();

const HERE = import.meta.dirname;
const HOLDPOINT = path.join(HERE, "../cli/holdpoint.ts");
const PAYMENTS = [process.execPath, path.join(HERE, "testing/payments-server.ts")];
const MODULES = path.join(HERE, "../node_modules/@modelcontextprotocol");

let holdpoint: AgentServer, onCall: PersonActor;
beforeAll(async () => {
  holdpoint = await startAgentServer();
  onCall = await makePerson("Ola On-call", ["on_call"]);
});
afterAll(() => holdpoint.stop());
afterAll(Journal.removeAll);

const open: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});

interface Given {
  agent: GatedAgent;
  command?: string[];
  url?: string;
  more?: Record<string, string>;
}

const gatewayTo = ({ agent, command = PAYMENTS, url = holdpoint.url, more = {} }: Given) => ({
  command: process.execPath, args: [HOLDPOINT, "mcp", "--agent", agent.id, "--", ...command],
  env: { PATH: process.env.PATH ?? "", NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? "", HOLDPOINT_URL: url, HOLDPOINT_KEY: agent.secret, ...more },
});

type Era = "legacy" | "auto";

async function connected(given: Given, { mode = "legacy" as Era, capabilities = {} } = {}): Promise<Client> {
  const client = new Client({ name: "test", version: "1.0.0" }, { capabilities, versionNegotiation: { mode } });
  await client.connect(new StdioClientTransport(gatewayTo(given)));
  open.push(client);
  return client;
}

const textOf = (result: unknown): string => (result as { content: { text: string }[] }).content[0]?.text ?? "";

describe.each<Era>(["legacy", "auto"])("a client (%s)", (mode) => {
  test("sees the tools that its agent may call, and calls them", async () => {
    const journal = new Journal();
    const agent = await gatedAgent();
    const client = await connected({ agent, more: { JOURNAL: journal.file } }, { mode });
    expect(client.getNegotiatedProtocolVersion()).toBe(mode === "auto" ? "2026-07-28" : "2025-11-25");
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(["order_get", "refund_create"]);
    expect(textOf(await client.callTool({ name: "order_get", arguments: { order: "5512" } }))).toContain("order of");
    expect(textOf(await client.callTool({ name: "refund_create", arguments: { amount: 3 } }))).toBe("refunded 3");
    const decisions = await prisma().gateDecision.findMany({ where: { agentId: agent.id, tool: "refund_create" } });
    expect(decisions).toMatchObject([{ decision: "permit", input: { amount: 3 } }]);
    expect(journal.lines()[0]).toEqual({ holdpointNames: [] });
  });

  test("is told in a result why a call is not made", async () => {
    const journal = new Journal();
    const client = await connected({ agent: await gatedAgent(), more: { JOURNAL: journal.file } }, { mode });
    const refused = await client.callTool({ name: "ledger_drop", arguments: {} });
    expect(refused).toMatchObject({ isError: true, _meta: { "holdpoint/decision": { decision: "deny", reason: "tool_unknown" } } });
    expect(textOf(refused)).toContain("declares no tool of this name");
    expect(journal.calls("ledger_drop")).toBe(0);
  });

  /** A stop came while the server worked on a call. */
  async function stoppedInFlight() {
    const journal = new Journal();
    const agent = await gatedAgent();
    const client = await connected({ agent, more: { JOURNAL: journal.file } }, { mode });
    await client.listTools();
    const hanging = client.callTool({ name: "refund_create", arguments: { amount: 1, hangs: true } });
    await vi.waitFor(() => expect(journal.calls("refund_create")).toBe(1), { timeout: 20_000 });
    const { stopId } = await engageStop(onCall, { scope: "agent", target: agent.id, reason: null });
    expect(textOf(await hanging)).toContain("A kill switch is engaged");
    return { journal, agent, client, stopId };
  }

  test("has a call in flight ended by a stop, and none let through after it", async () => {
    const { journal, client } = await stoppedInFlight();
    await vi.waitFor(() => expect(journal.lines()).toContainEqual({ cancelled: "refund_create" }), { timeout: 20_000 });
    expect(await client.callTool({ name: "refund_create", arguments: { amount: 2 } })).toMatchObject({ isError: true });
    expect(await client.callTool({ name: "order_get", arguments: {} })).toMatchObject({ isError: true });
    expect(journal.calls("refund_create") + journal.calls("order_get")).toBe(1);
  });

  test("whose call a stop ended does nothing after the release until a person lets it go on; one that comes anew does", async () => {
    const { journal, agent, client, stopId } = await stoppedInFlight();
    await vi.waitFor(async () => expect(await prisma().cutRun.count({ where: { stopId } })).toBe(1), { timeout: 20_000 });
    await askRelease(onCall, { stopId, reason: "It is over." });
    await releaseStop(await makePerson("Ana", ["on_call"]), { stopId });
    const refusedBecause = (made: unknown) => ((made as { _meta?: Record<string, { reason: string }> })._meta?.["holdpoint/decision"])?.reason ?? "made";
    const tried = async (name: string, by = client) => refusedBecause(await by.callTool({ name, arguments: { amount: 3 } }));
    await vi.waitFor(async () => expect([await tried("refund_create"), await tried("order_get")]).toEqual(["run_cut", "run_cut"]), { timeout: 20_000 });
    expect(await tried("refund_create", await connected({ agent, more: { JOURNAL: journal.file } }, { mode }))).toBe("made");
    await restartRuns(onCall, { stopId });
    expect([await tried("refund_create"), await tried("order_get")]).toEqual(["made", "made"]);
  });
});

test("a legacy client hears that another list is shown, and a stop of one tool leaves the others", async () => {
  const agent = await gatedAgent();
  const client = await connected({ agent });
  const names = async () => (await client.listTools()).tools.map(({ name }) => name);
  let changes = 0;
  client.setNotificationHandler("notifications/tools/list_changed", () => void changes++);
  expect(await names()).toEqual(["order_get", "refund_create"]);
  await engageStop(onCall, { scope: "tool", target: `${agent.id}/refund_create`, reason: null });
  await vi.waitFor(() => expect(changes).toBe(1), { timeout: 20_000 });
  expect(await names()).toEqual(["order_get"]);
  expect(textOf(await client.callTool({ name: "order_get", arguments: {} }))).toContain("order of");
});

test("a gateway that is started for one user and segment makes all its calls for them", async () => {
  const agent = await gatedAgent();
  const client = await connected({ agent, more: { HOLDPOINT_USER: "u_7", HOLDPOINT_SEGMENT: "trade" } });
  await client.callTool({ name: "refund_create", arguments: { amount: 3 }, _meta: { "holdpoint/user": "u_1" } });
  expect(await prisma().gateDecision.findFirstOrThrow({ where: { agentId: agent.id, tool: "refund_create" } })).toMatchObject({ facts: { user: "u_7", segment: "trade" } });
});

describe("a call that waits for a person", () => {
  test("is held, and made once when it is approved", async () => {
    const journal = new Journal();
    const agent = await gatedAgent("assisted");
    const client = await connected({ agent, more: { JOURNAL: journal.file } });
    const called = client.callTool({ name: "refund_create", arguments: { amount: 5 } });
    const [held] = await vi.waitUntil(async () => {
      const found = await heldActions(agent.id);
      return found.length > 0 && found;
    }, { timeout: 20_000 });
    expect(journal.calls("refund_create")).toBe(0);
    await approveAtOnce(held?.id ?? "");
    expect(textOf(await called)).toBe("refunded 5");
    await vi.waitFor(async () => expect(await prisma().action.findUniqueOrThrow({ where: { id: held?.id ?? "" } })).toMatchObject({ state: "committed" }), { timeout: 20_000 });
    expect(journal.calls("refund_create")).toBe(1);
  });

  test("is refused at once when a stop comes meanwhile, and stays refused when it is approved after that", async () => {
    const journal = new Journal();
    const agent = await gatedAgent("assisted");
    const client = await connected({ agent, more: { JOURNAL: journal.file } });
    const called = client.callTool({ name: "refund_create", arguments: { amount: 5 } });
    const held = await vi.waitUntil(async () => (await heldActions(agent.id))[0], { timeout: 20_000 });
    await engageStop(onCall, { scope: "agent", target: agent.id, reason: null });
    expect(textOf(await called)).toContain("A kill switch is engaged");
    await approveAtOnce(held.id);
    expect(await client.callTool({ name: "refund_create", arguments: { amount: 5 } })).toMatchObject({ isError: true });
    expect(journal.calls("refund_create")).toBe(0);
  });

  test("is shown to the user by a client that can open an address, and each approval is good for one call", async () => {
    const journal = new Journal();
    const agent = await gatedAgent("assisted");
    const client = await connected({ agent, more: { JOURNAL: journal.file } }, { mode: "auto", capabilities: { elicitation: { url: {} } } });
    const shown: unknown[] = [];
    client.setRequestHandler("elicitation/create", async ({ params }) => {
      shown.push(params);
      const [held] = await heldActions(agent.id);
      await approveAtOnce(held?.id ?? "");
      return { action: "accept" };
    });
    expect(textOf(await client.callTool({ name: "refund_create", arguments: { amount: 7 } }))).toBe("refunded 7");
    const actions = await prisma().action.findMany({ where: { agentId: agent.id } });
    expect(shown).toMatchObject([{ mode: "url", url: `${holdpoint.url}/actions/${actions[0]?.id}` }]);
    expect(textOf(await client.callTool({ name: "refund_create", arguments: { amount: 7 } }))).toBe("refunded 7");
    expect(shown.length).toBe(2);
    expect(await prisma().action.count({ where: { agentId: agent.id } })).toBe(2);
    expect(journal.calls("refund_create")).toBe(2);
  });

  test("is not made because the client says yes to the page: the word of Holdpoint counts", async () => {
    const journal = new Journal();
    const agent = await gatedAgent("assisted");
    const client = await connected({ agent, more: { JOURNAL: journal.file } }, { mode: "auto", capabilities: { elicitation: { url: {} } } });
    client.setRequestHandler("elicitation/create", async () => {
      const [held] = await heldActions(agent.id);
      await prisma().action.update({ where: { id: held?.id ?? "" }, data: { state: "rejected", endedAt: new Date() } });
      return { action: "accept", content: { approved: true, decision: "permit" } };
    });
    expect(await client.callTool({ name: "refund_create", arguments: { amount: 7 } })).toMatchObject({ isError: true });
    expect(journal.calls("refund_create")).toBe(0);
  });

  test("is not made when the user turns away", async () => {
    const journal = new Journal();
    const agent = await gatedAgent("assisted");
    const client = await connected({ agent, more: { JOURNAL: journal.file } }, { mode: "auto", capabilities: { elicitation: { url: {} } } });
    client.setRequestHandler("elicitation/create", async () => ({ action: "decline" }));
    expect(textOf(await client.callTool({ name: "refund_create", arguments: { amount: 7 } }))).toContain("declined");
    expect(journal.calls("refund_create")).toBe(0);
    await vi.waitFor(async () => expect(await prisma().action.findFirstOrThrow({ where: { agentId: agent.id } })).toMatchObject({ state: "withdrawn" }), { timeout: 20_000 });
  });

  test("passes on what the server itself wants to know, without asking a person again", async () => {
    const journal = new Journal();
    const agent = await gatedAgent("assisted");
    const client = await connected({ agent, more: { JOURNAL: journal.file } }, { mode: "auto", capabilities: { elicitation: { url: {}, form: {} } } });
    client.setRequestHandler("elicitation/create", async ({ params }) => {
      if (params.mode !== "url") return { action: "accept", content: { sure: true } };
      const [held] = await heldActions(agent.id);
      await approveAtOnce(held?.id ?? "");
      return { action: "accept" };
    });
    expect(textOf(await client.callTool({ name: "refund_create", arguments: { amount: 8, asks: true } }))).toBe("refunded 8");
    expect(await prisma().action.count({ where: { agentId: agent.id } })).toBe(1);
    expect(journal.calls("refund_create")).toBe(2);
  });
});

describe("without Holdpoint", () => {
  test("no tool is shown and none is called", async () => {
    const journal = new Journal();
    const client = await connected({ agent: { id: "nobody", keyId: "", secret: "hp_none" }, url: "http://127.0.0.1:9", more: { JOURNAL: journal.file } });
    expect((await client.listTools()).tools).toEqual([]);
    const refused = await client.callTool({ name: "refund_create", arguments: { amount: 3 } });
    expect(refused).toMatchObject({ isError: true, _meta: { "holdpoint/decision": { reason: "no_lease" } } });
    expect(JSON.stringify(refused)).not.toContain("hp_none");
    expect(journal.calls("refund_create")).toBe(0);
  });

  test("a key that was revoked calls nothing any more", async () => {
    const agent = await gatedAgent();
    const client = await connected({ agent });
    await client.listTools();
    await revokeApiKey(systemActor, { keyId: agent.keyId });
    await vi.waitFor(async () => expect(await client.callTool({ name: "refund_create", arguments: { amount: 3 } })).toMatchObject({ isError: true }), { timeout: 20_000 });
  });
});

describe("the official servers", () => {
  test("filesystem, with the client of before", async () => {
    const folder = fs.realpathSync(path.dirname(new Journal().file));
    fs.writeFileSync(path.join(folder, "orders.csv"), "order,amount\n");
    const schema = { type: "object" };
    const agent = await gatedAgent("bounded", [
      { name: "read_text_file", inputSchema: schema, effect: "read" }, { name: "list_directory", inputSchema: schema, effect: "read" }, { name: "write_file", inputSchema: schema, effect: "write", system: "files" },
    ]);
    const client = new ClientOfBefore({ name: "test", version: "1.0.0" });
    await client.connect(new TransportOfBefore(gatewayTo({ agent, command: [process.execPath, path.join(MODULES, "server-filesystem/dist/index.js"), folder] })));
    open.push(client);
    expect((await client.listTools()).tools.map(({ name }) => name).toSorted()).toEqual(["list_directory", "read_text_file", "write_file"]);
    expect(textOf(await client.callTool({ name: "read_text_file", arguments: { path: path.join(folder, "orders.csv") } }))).toBe("order,amount\n");
    await client.callTool({ name: "write_file", arguments: { path: path.join(folder, "new.txt"), content: "x" } });
    expect(fs.readFileSync(path.join(folder, "new.txt"), "utf8")).toBe("x");
    expect(await client.callTool({ name: "move_file", arguments: { source: path.join(folder, "new.txt"), destination: path.join(folder, "b.txt") } })).toMatchObject({ isError: true });
    expect(fs.existsSync(path.join(folder, "new.txt"))).toBe(true);
  });

  test("everything, with progress, long results and a call that its client cancels", async () => {
    const schema = { type: "object" };
    const agent = await gatedAgent("bounded", [{ name: "echo", inputSchema: schema, effect: "read" }, { name: "trigger-long-running-operation", inputSchema: schema, effect: "write", system: "jobs" }]);
    const client = await connected({ agent, command: [process.execPath, path.join(MODULES, "server-everything/dist/index.js"), "stdio"] });
    await client.listTools();
    const long = "é".repeat(1_000_000);
    expect(textOf(await client.callTool({ name: "echo", arguments: { message: long } }))).toBe(`Echo: ${long}`);
    const progress: unknown[] = [];
    await client.callTool({ name: "trigger-long-running-operation", arguments: { duration: 0.2, steps: 2 } }, { onprogress: (one) => progress.push(one) });
    expect(progress.length).toBeGreaterThan(0);
    expect((await client.listPrompts()).prompts.length).toBeGreaterThan(0);
    expect((await client.listResources()).resources.length).toBeGreaterThan(0);
    const cancelled = new AbortController();
    const call = client.callTool({ name: "trigger-long-running-operation", arguments: { duration: 60, steps: 2 } }, { signal: cancelled.signal });
    cancelled.abort();
    await expect(call).rejects.toThrow();
    expect(textOf(await client.callTool({ name: "echo", arguments: { message: "still here" } }))).toBe("Echo: still here");
  });
});

test("tools that changed under the same version become a finding, and the others do not", async () => {
  const description = path.join(path.dirname(new Journal().file), "description");
  const direct = new Client({ name: "test", version: "1.0.0" });
  await direct.connect(new StdioClientTransport({ command: process.execPath, args: PAYMENTS.slice(1) }));
  open.push(direct);
  const contracts = (await direct.listTools()).tools.filter(({ name }) => name !== "ledger_drop").map(({ name, description: text = "", inputSchema }) => ({ name, description: text, inputSchema: JSON.parse(JSON.stringify(inputSchema)) as Manifest["tools"][number]["inputSchema"], effect: "read" as const }));
  const agent = await gatedAgent("bounded", contracts);
  const seen = async (count: number) => {
    await vi.waitFor(async () => {
      await judgeObservedComponents(new Date());
      expect(await prisma().observedComponent.count({ where: { agentId: agent.id, facet: "tool", judgedAt: { not: null } } })).toBe(count);
    }, { timeout: 20_000 });
    return prisma().finding.findMany({ where: { agentId: agent.id } });
  };
  await (await connected({ agent, more: { DESCRIPTION_FILE: description } })).listTools();
  expect(await seen(2)).toEqual([]);
  fs.writeFileSync(description, "Pays back, and twice if you like.");
  await (await connected({ agent, more: { DESCRIPTION_FILE: description } })).listTools();
  const found = await seen(3);
  expect(found.length).toBe(1);
  expect(JSON.stringify(found, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))).toContain("refund_create");
});
