import http from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GateClient } from "./ask-gate.ts";

let server: http.Server, url: string;
let reply: { status: number; body: string } = { status: 200, body: "" };
beforeAll(async () => {
  server = http.createServer((request, response) => {
    request.resume().on("end", () => (reply.status === 0 ? response.destroy() : response.writeHead(reply.status).end(reply.body)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const never = new AbortController().signal;
async function asked(status: number, body: unknown, signal = never) {
  reply = { status, body: typeof body === "string" ? body : JSON.stringify(body) };
  return new GateClient({ url: `${url}/`, apiKey: "hp_secret", agentId: "a" }).ask({ conversationId: "c", toolCallId: "t", tool: "refund", input: {}, user: null, segment: null, confidence: null, waitMs: 0 }, signal);
}

test("an answer is read, with or without an approval", async () => {
  expect(await asked(200, { decision: "permit", reason: "permitted", sentence: "Yes.", extra: 1 })).toMatchObject({ decision: "permit", approval: null });
  const approval = { id: "ac_1", status: "held", url: "/actions/ac_1", expiresAt: "2026-11-21T10:00:00.000Z" };
  expect(await asked(200, { decision: "hold", approval })).toMatchObject({ decision: "hold", approval: { url: `${url}/actions/ac_1` } });
});

test("what was approved and done is not permitted again", async () => {
  expect(await asked(200, { decision: "permit", approval: { id: "ac_1", status: "committed" } })).toMatchObject({ decision: "deny", reason: "used" });
  expect(await asked(200, { decision: "permit", approval: { id: "ac_1", status: "started" } })).toMatchObject({ decision: "permit" });
});

test("whatever is no clear answer is a no, and does not tell the key", async () => {
  await fc.assert(fc.asyncProperty(fc.constantFrom(0, 200, 201, 400, 401, 403, 404, 500, 503), fc.oneof(fc.string(), fc.json(), fc.constant(`{"decision":"permit"}`), fc.constant(`{"decision":"permit "}`)), async (status, body) => {
    const said = await asked(status, body);
    const isYes = status >= 200 && status < 300 && body === `{"decision":"permit"}`;
    expect(said.decision).toBe(isYes ? "permit" : "deny");
    expect(JSON.stringify(said)).not.toContain("hp_secret");
  }), { numRuns: 60 });
});

test("a call whose ids belong to another one is a no of its own", async () => {
  expect(await asked(409, { error: "conflict", message: "This tool call was asked about before for another segment." })).toMatchObject({ decision: "deny", reason: "conflict", sentence: "This tool call was asked about before for another segment." });
  for (const body of ["", "no JSON", { message: 7 }, { decision: "permit" }]) expect(await asked(409, body)).toMatchObject({ decision: "deny" });
});

test("who does not wait any more gets a no", async () => {
  expect(await asked(200, { decision: "permit" }, AbortSignal.abort())).toMatchObject({ decision: "deny" });
});
