import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import readline from "node:readline";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { prisma } from "../lib/database/database.ts";
import { engageStop } from "../lib/operations/stops.ts";
import { approveAtOnce } from "../lib/testing/approve-at-once.ts";
import { startAgentServer, type AgentServer } from "../lib/testing/agent-server.ts";
import { makePerson, manifest } from "../lib/testing/make-agent.ts";
import { useDatabase } from "../lib/testing/use-database.ts";
import { environmentWith, gatedAgent, heldActions, type GatedAgent } from "./testing/gated-agent.ts";

useDatabase();

const HOLDPOINT = path.join(import.meta.dirname, "../cli/holdpoint.ts");
const ODD = path.join(import.meta.dirname, "testing/odd-server.ts");
const PAYMENTS = path.join(import.meta.dirname, "testing/payments-server.ts");

let holdpoint: AgentServer, agent: GatedAgent;
beforeAll(async () => {
  holdpoint = await startAgentServer();
  agent = await gatedAgent();
});
afterAll(() => holdpoint.stop());

interface Message {
  id?: unknown;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown> & { content?: { text: string }[] };
  error?: { code: number; message: string };
}

class Line {
  readonly messages: Message[] = [];
  stderr = "";
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(of: GatedAgent, server: string) {
    this.#child = spawn(process.execPath, [HOLDPOINT, "mcp", "--agent", of.id, "--", ...(server === "" ? ["/no/such/program"] : [process.execPath, server])], {
      stdio: ["pipe", "pipe", "pipe"], env: environmentWith({ HOLDPOINT_URL: holdpoint.url, HOLDPOINT_KEY: of.secret }),
    });
    readline.createInterface({ input: this.#child.stdout ?? process.stdin }).on("line", (line) => this.messages.push(JSON.parse(line) as Message));
    this.#child.stderr?.on("data", (text: Buffer) => (this.stderr += text.toString()));
    this.ended = new Promise((resolve) => this.#child.once("close", resolve));
  }

  send(text: string): void {
    this.#child.stdin?.write(`${text}\n`);
  }

  /** The answer to this id, once it is there. */
  async ask(id: unknown, method: string, params: unknown = {}): Promise<Message> {
    this.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return this.answer(id);
  }

  answer(id: unknown, count = 1): Promise<Message> {
    return vi.waitUntil(() => this.messages.filter((message) => message.id === id && message.method === undefined)[count - 1], { timeout: 20_000 });
  }

  async close(): Promise<void> {
    this.#child.stdin?.end();
    await this.ended;
  }
}

const lines: Line[] = [];
function line(of = agent, server = ODD): Line {
  const made = new Line(of, server);
  lines.push(made);
  return made;
}
afterEach(async () => {
  await Promise.all(lines.splice(0).map((one) => one.close()));
});

const call = (line: Line, id: unknown, order: unknown) => line.ask(id, "tools/call", { name: "order_get", arguments: { order } });

describe("what the server says", () => {
  test("is kept, with members that nobody knows", async () => {
    const client = line();
    expect((await client.ask(0, "initialize", { protocolVersion: "2025-11-25", capabilities: {} })).result).toMatchObject({ "x-unknown": { kept: true }, capabilities: { tools: { listChanged: true } } });
    expect((await client.ask(1, "tools/list")).result?.tools).toEqual([{ name: "order_get", description: "Reads an order.", inputSchema: expect.anything() as unknown, "x-tool": 1 }]);
    expect((await client.ask(2, "tools/call", { name: "order_get", arguments: { order: "1" }, "x-param": [null] })).result).toMatchObject({ "x-result": [1.5, { deep: null }] });
    expect((await client.ask(3, "no/such")).error?.code).toBe(-32_601);
  });

  test("is dropped when it is no message, or an answer that nobody waits for", async () => {
    const client = line();
    expect((await call(client, 1, "noise")).result?.content).toHaveLength(1);
    expect((await call(client, 2, "twice")).result?.content?.[0]?.text).toBe("first");
    await call(client, 3, "after");
    expect(client.messages.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(client.stderr).toContain("no JSON-RPC");
    expect(client.stderr).not.toContain("this is no JSON\n");
  });

  test("does not leave the client waiting when the server ends, nor the gateway running", async () => {
    const client = line();
    expect((await call(client, 1, "crash")).error?.message).toBe("The MCP server has ended.");
    expect(await client.ended).toBe(3);
  });

  test("is nothing when it cannot be started", async () => {
    const client = line(agent, "");
    expect(await client.ended).toBe(127);
    expect(client.stderr).toContain("could not be started");
  });

  test("is not waited for by a call that still waits for a person", async () => {
    const client = line(await gatedAgent("assisted", [...manifest().tools.filter(({ name }) => name === "order_get"), { name: "refund_create", inputSchema: {}, effect: "write", system: "payments" }]));
    client.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "refund_create", arguments: {}, _meta: { progressToken: 1 } } }));
    await vi.waitFor(() => expect(client.messages.some(({ method }) => method === "notifications/progress")).toBe(true), { timeout: 20_000 });
    expect((await call(client, 2, "crash")).error).toBeDefined();
    expect((await client.answer(1)).error?.message).toBe("The MCP server has ended.");
  });

  test("changes its tools under the same version, and that is said", async () => {
    const client = line();
    await client.ask(1, "tools/list");
    await client.ask(2, "tools/list");
    await vi.waitFor(() => expect(client.stderr).toContain("other tools than before"), { timeout: 20_000 });
    expect(client.stderr).not.toContain("Always call");
  });
});

describe("what the client says", () => {
  test("ids of every legal kind come back as they were", async () => {
    const client = line();
    for (const id of [0, -1, 1.5, "", "1", 1, "é\u0000\"", "__proto__", Number.MAX_SAFE_INTEGER]) expect((await call(client, id, "1")).id).toBe(id);
  });

  test.each([
    ["a batch", `[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ledger_drop"}}]`, -32_600],
    ["no JSON", "{", -32_700],
    ["a text", "\"tools/call\"", -32_600],
    ["another version", `{"jsonrpc":"1.0","id":1,"method":"ping"}`, -32_600],
    ["an id that is null", `{"jsonrpc":"2.0","id":null,"method":"ping"}`, -32_600],
    ["an id that is an object", `{"jsonrpc":"2.0","id":{},"method":"ping"}`, -32_600],
    ["parameters by place", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["ledger_drop"]}`, -32_600],
    ["a number that would be rounded", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"order_get","arguments":{"order":12345678901234567890}}}`, -32_600],
    ["an endless number", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"order_get","arguments":{"order":1e999}}}`, -32_600],
    ["100,000 brackets", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"order_get","arguments":{"order":${"[".repeat(100_000)}${"]".repeat(100_000)}}}}`, -32_600],
    ["a call without a name", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}`, -32_602],
    ["arguments that are a list", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"order_get","arguments":[]}}`, -32_602],
  ])("%s is refused, and the next message is taken", async (_, text, code) => {
    const client = line();
    client.send(text);
    await vi.waitFor(() => expect(client.messages[0]?.error?.code).toBe(code), { timeout: 20_000 });
    expect((await call(client, 9, "1")).result).toBeDefined();
  });

  test("a name that stands twice is forwarded as it was understood", async () => {
    const client = line();
    client.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ledger_drop","name":"order_get","arguments":{"order":"a","order":"b"}}}`);
    expect(JSON.parse((await client.answer(1)).result?.content?.[0]?.text ?? "")).toEqual({ name: "order_get", arguments: { order: "b" } });
    client.send(`{"jsonrpc":"2.0","id":2,"method":"ping","method":"tools/call","params":{"name":"ledger_drop","arguments":{}}}`);
    expect((await client.answer(2)).result).toMatchObject({ isError: true });
  });

  test("a call without an id is not made", async () => {
    const client = line();
    client.send(JSON.stringify({ jsonrpc: "2.0", method: "tools/call", params: { name: "ledger_drop", arguments: {} } }));
    client.send(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }));
    await call(client, 1, "1");
    expect(client.messages.map(({ method, id }) => method ?? id)).toEqual([1]);
  });

  test("constructor is a member like any other, and a text of a megabyte arrives whole", async () => {
    const client = line();
    client.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"order_get","arguments":{"constructor":1,"toString":{"admin":true}}}}`);
    expect((await client.answer(1)).result?.content?.[0]?.text).toContain(`{"constructor":1,"toString":{"admin":true}}`);
    const long = "x".repeat(1_000_000);
    expect((await call(client, 2, long)).result?.content?.[0]?.text).toContain(long);
  });

  test("of a call that is decided, what would be dropped before the decision is refused, and the call is not made", async () => {
    const client = line(agent, PAYMENTS);
    client.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"refund_create","arguments":{"amount":1,"__proto__":{"amount":900}}}}`);
    expect((await client.answer(1)).result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining("a name that is not allowed") as string }] });
    expect(await prisma().gateDecision.count({ where: { agentId: agent.id, tool: "refund_create" } })).toBe(0);
  });

  test("an id that is in use is not taken twice", async () => {
    const of = await gatedAgent("assisted");
    const client = line(of, PAYMENTS);
    client.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "refund_create", arguments: { amount: 1 }, _meta: { progressToken: "p" } } }));
    await vi.waitFor(() => expect(client.messages.some(({ method }) => method === "notifications/progress")).toBe(true), { timeout: 20_000 });
    expect((await client.ask(1, "tools/call", { name: "refund_create", arguments: { amount: 1 } })).error?.message).toBe("This id is in use.");
    // Whoever cancels a call that waits gets no answer, and may use its id again.
    client.send(JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } }));
    expect((await client.ask(2, "tools/call", { name: "ledger_drop", arguments: {} })).result).toMatchObject({ isError: true });
  });
});

test("a client that takes a task gets one while a person is waited for, in the words of its revision", async () => {
  const of = await gatedAgent("assisted");
  const client = line(of, PAYMENTS);
  await client.ask(0, "initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } });
  client.send(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }));
  const begun = await client.ask(1, "tools/call", { name: "refund_create", arguments: { amount: 4 }, task: { ttl: 60_000 } });
  const { taskId } = (begun.result?.task ?? {}) as { taskId: string };
  expect(begun.result).toMatchObject({ task: { status: "working", pollInterval: 2_000 } });
  expect((await client.ask(2, "tasks/get", { taskId })).result).toMatchObject({ taskId, status: "working" });
  await approveAtOnce((await heldActions(of.id))[0]?.id ?? "");
  expect((await client.ask(3, "tasks/result", { taskId })).result).toMatchObject({ content: [{ text: "refunded 4" }], _meta: { "io.modelcontextprotocol/related-task": { taskId } } });
  expect((await client.ask(4, "tasks/get", { taskId })).result).toMatchObject({ status: "completed" });
  expect((await client.ask(5, "tasks/get", { taskId: "holdpoint-none" })).error?.code).toBe(-32_602);
});

test("a task of the later revision carries the result, and can be cancelled", async () => {
  const of = await gatedAgent("assisted");
  const client = line(of, PAYMENTS);
  const _meta = { "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" }, "io.modelcontextprotocol/clientCapabilities": { extensions: { "io.modelcontextprotocol/tasks": {} } } };
  expect((await client.ask(0, "server/discover", { _meta })).result).toMatchObject({ capabilities: { extensions: { "io.modelcontextprotocol/tasks": {} } } });
  const begin = async (id: number) => (await client.ask(id, "tools/call", { name: "refund_create", arguments: { amount: id }, _meta })).result as { resultType: string; taskId: string };
  const [kept, dropped] = [await begin(1), await begin(2)];
  expect(kept.resultType).toBe("task");
  expect((await client.ask(3, "tasks/cancel", { taskId: dropped.taskId, _meta })).result).toEqual({ resultType: "complete" });
  const held = await vi.waitUntil(async () => {
    const waiting = await heldActions(of.id);
    return waiting.length === 1 && waiting;
  }, { timeout: 20_000 });
  await approveAtOnce(held[0]?.id ?? "");
  let polls = 10;
  const done = await vi.waitUntil(async () => {
    const { result } = await client.ask(++polls, "tasks/get", { taskId: kept.taskId, _meta });
    return result?.status === "completed" && result;
  }, { timeout: 20_000 });
  expect(done).toMatchObject({ resultType: "complete", result: { content: [{ text: "refunded 1" }] } });
  expect((await client.ask(100, "tasks/get", { taskId: dropped.taskId, _meta })).result).toMatchObject({ status: "cancelled" });
  expect(await prisma().action.count({ where: { agentId: of.id, state: "withdrawn" } })).toBe(1);
});

test("a task that the server made is cancelled by a stop, and nothing that it waits for makes it go on", async () => {
  const of = await gatedAgent();
  const client = line(of);
  const heard = () => client.messages.flatMap(({ method, params }) => (method === "notifications/message" ? [params?.data] : []));
  const accept = () => client.send(JSON.stringify({ jsonrpc: "2.0", id: 77, result: { action: "accept" } }));
  expect((await client.ask(1, "tools/call", { name: "refund_create", arguments: { amount: 4 } })).result).toEqual({ task: { taskId: "t1", status: "input_required" } });
  expect((await client.ask(2, "tasks/update", { taskId: "t1" })).result).toEqual({});
  accept();
  await vi.waitFor(() => expect(heard()).toEqual(["tasks/update t1", `answered {"action":"accept"}`]), { timeout: 20_000 });
  await engageStop(await makePerson("Ola On-call", ["on_call"]), { scope: "agent", target: of.id, reason: null });
  await vi.waitFor(() => expect(heard().slice(2)).toEqual(["tasks/cancel t1"]), { timeout: 20_000 });
  for (const taskId of ["t1", "of before"]) for (const method of ["tasks/update", "tasks/result"]) expect((await client.ask(`${method} ${taskId}`, method, { taskId })).error?.message).toContain("A kill switch is engaged");
  accept();
  expect((await client.ask(3, "tasks/get", { taskId: "t1" })).result).toEqual({});
  expect(heard().slice(3)).toEqual(["answered with an error", "tasks/get t1"]);
});

test("a stop of one tool leaves the tasks of the others", async () => {
  const of = await gatedAgent();
  const client = line(of);
  await client.ask(1, "tools/call", { name: "refund_create", arguments: { amount: 4 } });
  await engageStop(await makePerson("Ola On-call", ["on_call"]), { scope: "tool", target: `${of.id}/order_get`, reason: null });
  await vi.waitFor(async () => expect((await call(client, client.messages.length + 10, "5512")).result).toMatchObject({ isError: true }), { timeout: 20_000 });
  expect((await client.ask(3, "tasks/update", { taskId: "t1" })).result).toEqual({});
  expect(client.messages.flatMap(({ params }) => params?.data ?? [])).toEqual(["tasks/update t1"]);
});
