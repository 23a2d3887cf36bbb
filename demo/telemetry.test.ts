import http from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeTraces } from "../lib/otlp/decode-export.ts";
import { spansOf } from "../lib/otlp/spans-of.ts";
import { crmSync } from "./agents/crm-sync.ts";
import { SystemOfRecord } from "./system-of-record.ts";
import { Telemetry } from "./telemetry.ts";
import { workOnTask } from "./work-on-task.ts";

const AT = new Date("2026-11-18T09:30:00Z");
const recipe = crmSync.releases[0];

let answers: number[];
let received: { path: string; key: string; body: Buffer }[];
let server: http.Server;
let telemetry: Telemetry;

beforeEach(async () => {
  answers = [];
  received = [];
  server = http.createServer(async (request, response) => {
    received.push({ path: request.url ?? "", key: request.headers.authorization ?? "", body: await buffer(request) });
    response.writeHead(answers.shift() ?? 200, { "content-type": "application/x-protobuf" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  telemetry = new Telemetry("crm-sync", `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, "hp_test");
});
afterEach(async () => {
  await telemetry.close();
  await new Promise((resolve) => server.close(resolve));
});

const work = () => workOnTask({ agent: crmSync, recipe, number: 7, at: AT, firstStart: AT }, new SystemOfRecord());
const receivedSpans = () => received.flatMap(({ body }) => spansOf(decodeTraces(body, "protobuf"), new Date("2026-11-20T00:00:00Z")).spans);

describe("a reported task", () => {
  it("arrives in the past, with what Holdpoint reads of it", async () => {
    const finished = work();
    telemetry.report(finished);
    await telemetry.flush();
    expect(received.map(({ path, key }) => ({ path, key }))).toEqual([{ path: "/v1/traces", key: "Bearer hp_test" }]);
    const spans = receivedSpans();
    const root = spans.find(({ kind }) => kind === "agent");
    expect(root).toMatchObject({
      startUs: AT.getTime() * 1_000, endUs: finished.session.nowMs * 1_000, parentSpanId: null, versionLabel: recipe.label,
      conversationId: finished.task.conversationId, outcome: finished.outcome, segments: finished.task.segments,
    });
    expect(root?.agentHints).toContain("crm-sync");
    expect(root?.records.map(({ type }) => type)).toEqual(Object.keys(finished.task.records));
    const inferences = spans.filter(({ kind }) => kind === "inference");
    const chats = finished.session.steps.filter((step) => step.kind === "chat");
    expect(inferences.map(({ tokens }) => tokens?.input)).toEqual(chats.map(({ tokens }) => tokens.input));
    expect(inferences[0]).toMatchObject({ model: recipe.model.name, systemInstructions: recipe.prompt });
    expect(inferences[0]?.toolDefinitions?.map(({ name, inputSchema }) => ({ name, inputSchema }))).toEqual(recipe.tools.map(({ name, inputSchema }) => ({ name, inputSchema })));
    expect(spans.filter(({ kind }) => kind === "tool").map(({ toolName }) => toolName)).toEqual(finished.session.steps.flatMap((step) => (step.kind === "tool" ? [step.spec.name] : [])));
  });

  it("has the same ids when it is reported again", async () => {
    const ids = () => receivedSpans().map(({ traceId, spanId }) => `${traceId} ${spanId}`);
    telemetry.report(work());
    await telemetry.flush();
    const first = ids();
    received = [];
    telemetry.report(work());
    await telemetry.flush();
    expect(ids()).toEqual(first);
    expect(new Set(first).size).toBe(first.length);
  });

  it("is not taken as delivered when it was refused", async () => {
    answers = [400];
    telemetry.report(work());
    await expect(telemetry.flush()).rejects.toThrow("did not arrive");
    telemetry.report(work());
    await expect(telemetry.flush()).resolves.toBeUndefined();
  });
});
