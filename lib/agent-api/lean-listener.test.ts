import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { getRequestListener } from "@hono/node-server";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { createApiKey, newKeySchema } from "../operations/api-keys.ts";
import { systemActor } from "../operations/people.ts";
import { makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { createAgentApi } from "./agent-api.ts";
import { checkRoute } from "./gate-routes.ts";
import { leanListener } from "./lean-listener.ts";
import { confirmRoute } from "./points-routes.ts";
import { startStopPath, type StopPath } from "./stop-path.ts";

useDatabase();

/** Two agents that are alike but for their ids: each way is asked about one of them. */
interface Way {
  port: number;
  agent: ActingAgent;
  /** Of the agent, of another one, and without the right to ask. */
  keys: { own: string; other: string; scopeless: string };
}

interface Sent {
  method: string;
  target: string;
  headers: readonly (readonly [string, string])[];
  body: Buffer;
}

let path: StopPath;
let lean: Way, ordinary: Way;
let servers: http.Server[];
/** How many of the requests to the lean server it left to the router. */
let left = 0;

beforeAll(async () => {
  path = await startStopPath();
  const router = getRequestListener(createAgentApi().fetch);
  servers = [leanListener([checkRoute, confirmRoute], (incoming, outgoing) => {
    left++;
    return router(incoming, outgoing);
  }), router].map((listener) => http.createServer((incoming, outgoing) => void listener(incoming, outgoing)));
  const ports = await Promise.all(servers.map((server) => new Promise<number>((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)))));
  const [one, two, third] = [await makeActingAgent(), await makeActingAgent(), await makeActingAgent()];
  const secret = async (agentId: string, scopes: string[]) => (await createApiKey(systemActor, newKeySchema.parse({ name: "lean", agentIds: [agentId], scopes }))).secret;
  const wayOf = async (port: number, agent: ActingAgent): Promise<Way> => ({
    port, agent, keys: { own: await secret(agent.id, ["authority"]), other: await secret(third.id, ["authority"]), scopeless: await secret(agent.id, ["telemetry"]) },
  });
  [lean, ordinary] = [await wayOf(ports[0] ?? 0, one), await wayOf(ports[1] ?? 0, two)];
});

afterAll(async () => {
  await path.close();
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

/** As it stands, also what no HTTP client would send. */
function send({ port }: Way, { method, target, headers, body }: Sent): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = net.connect(port, "127.0.0.1").on("data", (part) => parts.push(part)).on("error", reject).on("close", () => resolve(Buffer.concat(parts).toString("latin1")));
    const head = `${method} ${target} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}connection: close\r\n\r\n`;
    socket.write(Buffer.concat([Buffer.from(head, "latin1"), body]));
  });
}

const blankOf = (way: Way) => (text: string) =>
  text.replaceAll(way.agent.id, "AGENT").replaceAll(/\b(?:gd|ac|av)_[0-9a-z]{16}/g, "ID").replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "UUID").replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME").replaceAll(/"epoch":\d+/g, '"epoch":0');

/** Status, headers in their order of names, and body, without what differs from one agent and moment to the next. */
function read(way: Way, answer: string) {
  const [last = "", ...rest] = answer.replace("HTTP/1.1 100 Continue\r\n\r\n", "").split("\r\n\r\n");
  const [status, ...lines] = last.split("\r\n");
  const headers = lines.map((line) => line.toLowerCase()).filter((line) => !/^(?:date|content-length):/.test(line)).toSorted();
  const blank = blankOf(way);
  return { status, headers: headers.map(blank), body: blank(rest.join("\r\n\r\n")) };
}

async function storedOf(way: Way) {
  const decisions = await prisma().gateDecision.findMany({ where: { agentId: way.agent.id }, orderBy: [{ conversationId: "asc" }, { toolCallId: "asc" }, { tool: "asc" }, { inputDigest: "asc" }, { decidedAt: "asc" }] });
  const counters = await prisma().usageCounter.findMany({ where: { agentId: way.agent.id, scope: { not: "minute" } }, orderBy: [{ scope: "asc" }, { key: "asc" }] });
  const { currentVersionId } = await prisma().agent.findUniqueOrThrow({ where: { id: way.agent.id } });
  const text = JSON.stringify({
    decisions: decisions.map(({ id: _i, versionId, actionId, epoch: _e, decidedAt: _d, facts, ...row }) => ({
      ...row, isOfVersion: versionId === currentVersionId, isHeld: actionId !== null, facts: { ...(facts as object), callsThisMinute: 0, hour: 0, weekday: 0 },
    })),
    counters: counters.map(({ scope, key, calls, amountMinor }) => [scope, key, String(calls), String(amountMinor)]),
  });
  return JSON.parse(blankOf(way)(text)) as object;
}

type Text = (way: Way) => string;
type Pairs = (way: Way) => readonly (readonly [string, string])[];
interface Question {
  method: string;
  target: string;
  text: Text;
  headers: Pairs;
  isChunked: boolean;
}

const sentOf = ({ method, target, text, headers, isChunked }: Question, way: Way): Sent => {
  const plain = Buffer.from(text(way), "utf8");
  const pairs = headers(way);
  const body = pairs.some(([name, value]) => name === "content-encoding" && value === "gzip") ? gzipSync(plain) : plain;
  if (!isChunked) return { method, target, headers: [...pairs, ["content-length", String(body.length)]], body };
  return { method, target, headers: [...pairs, ["transfer-encoding", "chunked"]], body: Buffer.concat([...(body.length === 0 ? [] : [Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n")]), Buffer.from("0\r\n\r\n")]) };
};

async function bothAnswer(question: Question) {
  const [here, there] = await Promise.all([lean, ordinary].map(async (way) => read(way, await send(way, sentOf(question, way)))));
  expect(here).toEqual(there);
  return here;
}

const HOST = ["host", "holdpoint.test"] as const;
const plainHeaders: Pairs = ({ keys }) => [HOST, ["authorization", `Bearer ${keys.own}`], ["content-type", "application/json"]];
const asked = (member: string): Text => ({ agent: { id } }) => `{"agent":{"id":"${id}"},${member}}`;
const READ = '"tool":{"name":"order_get"},"conversationId":"c","toolCallId":"t","input":{"order":"1"}';
const plain = { method: "POST", target: "/v1/gate/check", text: asked(READ), headers: plainHeaders, isChunked: false };

const json = JSON.stringify;
const name = fc.constantFrom("order_get", "refund_create", "payout_send", "letter_send", "rm_rf", "", "__proto__", "constructor", "x".repeat(201));
const amounts = fc.constantFrom("20", "20.0", "150", "700", "2000", "-0", "1e3", "1e400", "0.1234567890123456789", "9007199254740993", '"20"', "null", "[20]");
const odd = fc.constantFrom(
  '{"amount":20,"amount":2000}', '{"amount":20,"__proto__":{"amount":2000}}', '{"__proto__":null}', '{"constructor":{"prototype":{"amount":1}}}', '{"note":"\\u0000"}', '{"note":"\\\\u0000"}', '{"note":"\\ud800"}',
  '{"note":"ü😀\\u2028"}', "[]", "null", "7", '"text"', "[".repeat(70) + "]".repeat(70), '{"amount":20,}', "{amount:20}", "NaN", `{"note":"${"x".repeat(90_000)}"}`,
);
const input = fc.oneof({ weight: 3, arbitrary: amounts.map((amount) => `{"order":"5512","amount":${amount}}`) }, { weight: 2, arbitrary: odd }, { weight: 2, arbitrary: fc.json({ depthSize: "small" }) });
const more = fc.subarray([
  '"unknown":1', '"agent":{"id":"another"}', '"tool":{"name":"order_get"}', '"__proto__":{"tool":{"name":"order_get"}}', '"approval":{"granted":true}', '"decision":"permit"', '"confidence":0.5', '"confidence":"high"', '"confidence":2',
  '"waitMs":-1', '"waitMs":1.5', '"segment":"eu"', '"segment":""', '"onBehalfOf":{"id":"u1"}', '"onBehalfOf":{"type":"user"}', '"onBehalfOf":null', '"isNamedAnew":true',
], { maxLength: 3 });
const callId = fc.constantFrom("t1", "t2", "t3", "t4", "t5", "x".repeat(400), "", "ü".repeat(1_001));

const body: fc.Arbitrary<Text> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(name, fc.constantFrom("c1", "c2", "", "run \\u0041"), callId, input, more).map(([tool, run, call, given, rest]) => asked([`"tool":{"name":${json(tool)}}`, `"conversationId":"${run}"`, `"toolCallId":${json(call)}`, `"input":${given}`, ...rest].join(","))) },
  { weight: 1, arbitrary: fc.constantFrom<Text>(() => "", () => "{", () => "null", () => "[]", () => '"x"', (way) => `\ufeff${asked(READ)(way)}`, (way) => ` \n${asked(READ)(way)}\t`, (way) => `${asked(READ)(way)}x`, () => `{${READ}}`, () => `{"agent":{"id":"nobody"},${READ}}`) },
  { weight: 1, arbitrary: fc.json().map((text) => () => text) },
);

const authorization: fc.Arbitrary<Pairs> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Pairs>(({ keys }) => [["authorization", `Bearer ${keys.own}`]]) },
  { weight: 4, arbitrary: fc.constantFrom<Pairs>(
    () => [], () => [["authorization", ""]], () => [["authorization", "Bearer"]], () => [["authorization", `Bearer hp_${"x".repeat(43)}`]], ({ keys }) => [["authorization", `Bearer ${keys.other}`]],
    ({ keys }) => [["authorization", `Bearer ${keys.scopeless}`]], ({ keys }) => [["AUTHORIZATION", `bearer   ${keys.own}`]], ({ keys }) => [["authorization", `Basic ${keys.own}`]], ({ keys }) => [["authorization", `Bearer ${keys.own} `]],
    ({ keys }) => [["authorization", `Bearer ${keys.own}`], ["authorization", `Bearer ${keys.other}`]], ({ keys }) => [["Authorization", `Bearer ${keys.other}`], ["authorization", `Bearer ${keys.own}`]],
  ) },
);
const type: fc.Arbitrary<Pairs> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Pairs>(() => [["content-type", "application/json"]]) },
  { weight: 2, arbitrary: fc.constantFrom<Pairs>(() => [], ...["application/json; charset=utf-8", "APPLICATION/JSON", "application/problem+json", "text/plain", "application/jsonx", "application/x-www-form-urlencoded"].map((value): Pairs => () => [["content-type", value]]),
    () => [["content-type", "application/json"], ["content-type", "text/plain"]], () => [["content-type", "text/plain"], ["content-type", "application/json"]]) },
);
const others: fc.Arbitrary<Pairs> = fc.subarray([["content-encoding", "gzip"], ["content-encoding", "br"], ["content-encoding", "identity"], ["x-request-id", "run:1.2"], ["x-request-id", "no good"], ["x-http-method-override", "GET"], ["accept", "text/html"], ["__proto__", "x"], ["expect", "100-continue"]] as const, { maxLength: 2 })
  .map((pairs): Pairs => () => pairs);
const host: fc.Arbitrary<Pairs> = fc.oneof({ weight: 8, arbitrary: fc.constant<Pairs>(() => [HOST]) }, { weight: 1, arbitrary: fc.constantFrom("Holdpoint.Test", "[::1]:3000", "a:99999", "a b", "999.1.1.1:3000").map((value): Pairs => () => [["host", value]]) });

const questions: fc.Arbitrary<Question> = fc.record({
  method: fc.oneof({ weight: 15, arbitrary: fc.constant("POST") }, { weight: 1, arbitrary: fc.constantFrom("PUT", "GET", "OPTIONS") }),
  target: fc.oneof({ weight: 12, arbitrary: fc.constant("/v1/gate/check") }, { weight: 2, arbitrary: fc.constantFrom("/v1/gate/check?x=1", "/v1/gate/check/", "/v1/gate//check", "/v1/gate/%63heck", "/v1/./gate/check", "/v1/points/confirm", "http://holdpoint.test/v1/gate/check") }),
  text: body, isChunked: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  headers: fc.tuple(host, authorization, type, others).map((all): Pairs => (way) => all.flatMap((pairs) => pairs(way))),
});

test("whatever is asked, both ways give the same answer and leave the same behind", async () => {
  const before = left;
  let count = 0;
  await fc.assert(fc.asyncProperty(questions, async (question) => {
    count++;
    await bothAnswer(question);
  }), { numRuns: 400 });
  // Neither way was left out.
  expect(left - before).toBeGreaterThan(20);
  expect(left - before).toBeLessThan(count - 100);
  const [here, there] = await Promise.all([storedOf(lean), storedOf(ordinary)]);
  expect(here).toEqual(there);
}, 60_000);

test("what comes as it always comes is answered without the router, whatever the answer is", async () => {
  const before = left;
  expect(await bothAnswer(plain)).toMatchObject({ status: "HTTP/1.1 200 OK" });
  expect(await bothAnswer({ ...plain, headers: () => [HOST, ["content-type", "application/json"]] })).toMatchObject({ status: "HTTP/1.1 401 Unauthorized" });
  expect(await bothAnswer({ ...plain, headers: ({ keys }) => [HOST, ["authorization", `Bearer ${keys.other}`], ["content-type", "application/json"]] })).toMatchObject({ status: "HTTP/1.1 403 Forbidden" });
  expect(await bothAnswer({ ...plain, text: asked('"tool":7') })).toMatchObject({ status: "HTTP/1.1 400 Bad Request" });
  expect(await bothAnswer({ ...plain, target: "/v1/points/confirm", text: () => '{"bundle":"x"}' })).toMatchObject({ status: "HTTP/1.1 400 Bad Request" });
  expect(left).toBe(before);
});

test.each<[string, Partial<Question>]>([
  ["a header that comes twice", { headers: (way) => [...plainHeaders(way), ["authorization", `Bearer ${way.keys.other}`]] }],
  ["a compressed body", { headers: (way) => [...plainHeaders(way), ["content-encoding", "gzip"]] }],
  ["a body without a length", { isChunked: true }],
  ["a body that is longer than any question", { text: (way) => asked(`${READ},"more":"${"x".repeat(2_000_000)}"`)(way) }],
  ["another content type", { headers: ({ keys }) => [HOST, ["authorization", `Bearer ${keys.own}`], ["content-type", "text/plain"]] }],
  ["another method", { method: "PUT" }],
  ["an address with a query", { target: "/v1/gate/check?a=1" }],
  ["a host that needs a look", { headers: (way) => [["host", "[::1]"], ...plainHeaders(way).slice(1)] }],
])("%s is the router's", async (_, change) => {
  const before = left;
  await bothAnswer({ ...plain, ...change });
  expect(left).toBe(before + 1);
});

test("a body that ends too early is answered by nobody and decides nothing", async () => {
  const before = await prisma().gateDecision.count();
  const text = plain.text(lean);
  const socket = net.connect(lean.port, "127.0.0.1");
  const closed = new Promise((resolve) => socket.on("close", resolve));
  const answer: Buffer[] = [];
  socket.on("data", (part) => answer.push(part));
  socket.write(`POST /v1/gate/check HTTP/1.1\r\n${plainHeaders(lean).map((pair) => `${pair.join(": ")}\r\n`).join("")}content-length: ${text.length}\r\n\r\n${text.slice(0, -1)}`);
  socket.end();
  await closed;
  expect(Buffer.concat(answer).toString("latin1")).not.toContain("200 OK");
  expect(await prisma().gateDecision.count()).toBe(before);
});
