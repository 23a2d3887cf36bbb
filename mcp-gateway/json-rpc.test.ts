import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerText, cancelledText, readMessage, resultText } from "./json-rpc.ts";

const id = fc.oneof(fc.string(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const same = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("a request comes through with all that is in it, and its id as it was", () => {
  fc.assert(fc.property(id, fc.string(), fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), fc.dictionary(fc.string(), fc.jsonValue()), (one, method, params, more) => {
    const sent = { ...more, jsonrpc: "2.0", id: one, method, params };
    const read = readMessage(JSON.stringify(sent), "client");
    if (read.kind !== "request") throw new Error(read.kind);
    expect(JSON.parse(read.text)).toEqual(same(sent));
    expect(JSON.parse(resultText(read.id, {}))).toEqual({ jsonrpc: "2.0", id: same(one), result: {} });
    expect(JSON.parse(cancelledText(read.id, "\""))).toMatchObject({ params: { requestId: same(one) } });
  }));
});

test("whatever is sent, it is one of four things, and nothing is thrown", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), fc.constantFrom("client" as const, "server" as const), (line, from) => {
    expect(["request", "notification", "response", "unreadable"]).toContain(readMessage(line, from).kind);
  }));
});

describe("numbers", () => {
  const withNumber = (source: string) => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments":{"n":${source}}}}`;

  test("that JavaScript writes are taken", () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      expect(readMessage(withNumber(JSON.stringify(number)), "client").kind).toBe("request");
    }));
  });

  test("that would be another number are never forwarded", () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), (number) => {
      const read = readMessage(withNumber(String(number)), "client");
      expect(read.kind).toBe(BigInt(Number(number)) === number || Number(number).toString().replace(/e\+\d+|\./g, "").replace(/0+$/, "") === String(number).replace(/0+$/, "") ? "request" : "unreadable");
    }));
  });

  test.each(["1e999", "-1e999", "1e-999", "0.10000000000000001", "9007199254740993"])("%s is refused from a client, and is a server's own affair", (source) => {
    expect(readMessage(withNumber(source), "client")).toMatchObject({ kind: "unreadable", id: "1" });
    expect(readMessage(withNumber(source), "server")).toMatchObject({ kind: "request", text: withNumber(source) });
  });

  test.each(["1.0", "1e3", "1.50", "-0", "100000000000000000000", "1E-7"])("%s is taken", (source) => {
    expect(readMessage(withNumber(source), "client").kind).toBe("request");
  });
});

test("an answer is a result or an error", () => {
  expect(answerText("\"a\"", { error: { code: -1, message: "no" } })).toBe(`{"jsonrpc":"2.0","id":"a","error":{"code":-1,"message":"no"}}`);
  expect(answerText("1", { result: {} })).toBe(`{"jsonrpc":"2.0","id":1,"result":{}}`);
});
