import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { headerMismatch, headersNaming, isFromElsewhere, passedOn } from "./http-headers.ts";

const params = { name: "refund", _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } };
const headers = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "refund" };

describe("headers and message", () => {
  test("agree, or the request is refused", () => {
    expect(headerMismatch(headers, { method: "tools/call", params })).toBeNull();
    fc.assert(fc.property(fc.constantFrom(...Object.keys(headers)), fc.option(fc.string(), { nil: undefined }), (name, value) => {
      fc.pre(value !== headers[name as keyof typeof headers]);
      expect(headerMismatch({ ...headers, [name]: value }, { method: "tools/call", params })).not.toBeNull();
    }));
  });

  test("of the revisions before are not compared, unless they claim the later one", () => {
    expect(headerMismatch({}, { method: "tools/call", params: { name: "refund" } })).toBeNull();
    expect(headerMismatch({ "mcp-protocol-version": "2025-11-25" }, { method: "tools/call", params: { name: "refund" } })).toBeNull();
    expect(headerMismatch(headers, { method: "tools/call", params: { name: "refund" } })).not.toBeNull();
  });
});

test("of a request about a task name that task, in the later revision alone", () => {
  expect(passedOn(headersNaming(headers, "tasks/cancel", "t1"))).toEqual({ "mcp-protocol-version": "2026-07-28", "mcp-method": "tasks/cancel", "mcp-name": "t1" });
  expect(headersNaming(headers, "tasks/cancel", "é\r\nx")["mcp-name"]).toBe("=?base64?w6kNCng=?=");
  expect(headersNaming({ authorization: "Bearer x" }, "tasks/cancel", "t1")).toEqual({ authorization: "Bearer x" });
});

test("only this machine is let in", () => {
  for (const host of ["localhost:80", "127.0.0.1:4000", "[::1]:4000"]) expect(isFromElsewhere({ host })).toBe(false);
  for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "", undefined]) expect(isFromElsewhere(host === undefined ? {} : { host })).toBe(true);
  for (const origin of ["http://evil.example", "null", "", "http://localhost.evil.example"]) expect(isFromElsewhere({ host: "localhost", origin })).toBe(true);
  expect(isFromElsewhere({ host: "localhost", origin: "http://127.0.0.1:3000" })).toBe(false);
});

test("what belongs to one connection stays there", () => {
  expect(passedOn({ host: "a", connection: "close", "transfer-encoding": "chunked", "content-length": "5", authorization: "Bearer x", "mcp-session-id": "s", "x-own": "1" })).toEqual({ authorization: "Bearer x", "mcp-session-id": "s", "x-own": "1" });
});
