import fc from "fast-check";
import { expect, test } from "vitest";
import { approvalWay, conversationIn, revisionOf, traitsOf } from "./client-traits.ts";

const modern = (capabilities: object, more: object = {}) => ({
  _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": capabilities }, ...more,
});
const wayOf = (params: Record<string, unknown>) => approvalWay(traitsOf(params), params);
const tasks = { extensions: { "io.modelcontextprotocol/tasks": {} } };

test.each([
  ["a legacy client", {}, "wait"],
  ["a legacy client that wants a task", { task: { ttl: 1 } }, "task"],
  ["a task that is none", { task: true }, "wait"],
  ["a modern client without capabilities", modern({}), "wait"],
  ["one that shows forms only", modern({ elicitation: { form: {} } }), "wait"],
  ["one that opens addresses", modern({ elicitation: { url: {} } }), "input_required"],
  ["one that takes tasks", modern({ ...tasks, elicitation: { url: {} } }), "task"],
  ["a word for a task of the revision before", modern({ elicitation: { url: {} } }, { task: {} }), "input_required"],
])("%s", (_, params, way) => expect(wayOf(params)).toBe(way));

test("a client gets no result of a kind that it did not ask for, whatever it says", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (params, meta) => {
    const given = { ...params, _meta: meta };
    if (revisionOf(given) === null) expect(wayOf(given)).not.toBe("input_required");
    else expect(traitsOf(given).isModern).toBe(true);
  }));
});

test("the run is what the request says, else its trace, else nothing", () => {
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  expect(conversationIn({ _meta: { "holdpoint/conversationId": "c1", traceparent } })).toBe("c1");
  expect(conversationIn({ _meta: { traceparent } })).toBe("4bf92f3577b34da6a3ce929d0e0e4736");
  expect(conversationIn({ _meta: { "holdpoint/conversationId": "x".repeat(5_000) } })).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(conversationIn({ _meta: { "holdpoint/conversationId": 42 } })).toBe("42");
  for (const meta of [{}, { traceparent: "x" }, { "holdpoint/conversationId": "" }, { "holdpoint/conversationId": null }, null]) expect(conversationIn({ _meta: meta })).toBeNull();
});
