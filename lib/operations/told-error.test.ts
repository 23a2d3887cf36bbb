import { DatabaseError } from "pg";
import { describe, expect, test } from "vitest";
import { isDatabaseUnavailable } from "../database/is-database-unavailable.ts";
import { BadInput, Conflict, NotFound, NotPermitted, NotPossible, Unavailable } from "../errors.ts";
import { describeError } from "../logger.ts";
import { MalformedTelemetry } from "../otlp/malformed-telemetry.ts";
import { errorAsTold, tellError } from "./told-error.ts";

const acrossThreads = (error: unknown): Error => errorAsTold(structuredClone(tellError(error)));
const withCode = (error: Error, code: string): Error => Object.assign(error, { code });

describe("an error from another thread", () => {
  test.each([NotPermitted, NotPossible, NotFound, Conflict, BadInput, Unavailable, MalformedTelemetry])("is of its kind: %s", (kind) => {
    const error = acrossThreads(new kind("so it is", { cause: new RangeError("deep down") }));
    expect(error).toBeInstanceOf(kind);
    expect([error.name, error.message, (error.cause as Error).message]).toEqual([kind.name, "so it is", "deep down"]);
  });

  test("is logged as if it had been thrown here", () => {
    for (const error of [new TypeError("x is not a function"), new DatabaseError("no such column", 3, "error"), withCode(new Error("connect"), "ECONNREFUSED")]) {
      expect(describeError(acrossThreads(error))).toEqual(describeError(error));
    }
  });

  test.each([
    ["a refused connection", withCode(new Error("connect"), "ECONNREFUSED"), true],
    ["a connection that ended, under another error", new Error("no", { cause: new Error("Connection terminated unexpectedly") }), true],
    ["a fault of ours", new TypeError("x is not a function"), false],
  ])("tells whether the database was away: %s", (_, error, isAway) => expect(isDatabaseUnavailable(acrossThreads(error))).toBe(isAway));

  test("has an end, also when it is its own cause, and need not be an error", () => {
    const round = new Error("round");
    round.cause = round;
    expect(acrossThreads(round).message).toBe("round");
    expect(acrossThreads("text").message).toBe("a thrown string");
  });
});
