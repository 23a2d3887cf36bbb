import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { errorAnswer, partialAnswer, successAnswer, type Signal } from "./export-response.ts";

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Response { Partial partial_success = 1; }
  message Partial { int64 rejected = 1; string error_message = 2; }
  message Status { int32 code = 1; string message = 2; }
`);
const decode = (type: string, body: Uint8Array): unknown => {
  const message = root.lookupType(type);
  return message.toObject(message.decode(body), { longs: Number });
};
const parse = (body: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(body));

describe("export answers", () => {
  it("say success with an empty message", () => {
    expect(parse(successAnswer("json").body)).toEqual({});
    expect(successAnswer("protobuf").body).toHaveLength(0);
    expect([successAnswer("json").contentType, successAnswer("protobuf").contentType]).toEqual(["application/json", "application/x-protobuf"]);
  });

  it.each<[Signal, string]>([["traces", "rejectedSpans"], ["logs", "rejectedLogRecords"], ["metrics", "rejectedDataPoints"]])("count rejected %s", (signal, field) => {
    expect(parse(partialAnswer("json", signal, 3, "why").body)).toEqual({ partialSuccess: { [field]: "3", errorMessage: "why" } });
    expect(decode("Response", partialAnswer("protobuf", signal, 3, "why").body)).toEqual({ partialSuccess: { rejected: 3, errorMessage: "why" } });
  });

  it("warn with nothing rejected", () => {
    expect(decode("Response", partialAnswer("protobuf", "traces", 0, "careful").body)).toEqual({ partialSuccess: { errorMessage: "careful" } });
  });

  it.each([[400, 3], [401, 16], [403, 7], [413, 8], [429, 8], [503, 14], [500, 13], [418, 2]])("give HTTP %i the code %i", (httpStatus, code) => {
    expect(parse(errorAnswer("json", httpStatus, "no").body)).toEqual({ code, message: "no" });
    expect(decode("Status", errorAnswer("protobuf", httpStatus, "no").body)).toEqual({ code, message: "no" });
  });
});
