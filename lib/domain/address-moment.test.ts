import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginningAt, closedEnd, localMoment } from "./address-moment.ts";
import { freezeLogFilter, logFilterQuery, readLogFilter } from "./log-filter.ts";
import { addressMoment } from "./read-address-moment.ts";
import { readRunFilter } from "./read-run-filter.ts";
import { freezeRunFilter, RUN_PERIODS, runFilterQuery, type RunFilter } from "./run-filter.ts";

const now = new Date("2026-11-22T01:06:07.123Z");
const moments = fc.integer({ min: Date.UTC(2026, 9, 1), max: Date.UTC(2026, 11, 31) });
const asRead = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** As the query asks it. */
const includes = ({ since, from, to }: RunFilter, at: number, asked: Date): boolean =>
  (since === null || at >= asked.getTime() - RUN_PERIODS[since]) && (from === null || at >= Date.parse(from)) && (to === null || at < Date.parse(to));

describe("freezing a range", () => {
  it("spells out a period that ends now, in whole seconds", () => {
    expect(runFilterQuery(freezeRunFilter(readRunFilter({ agent: "a", since: "24h" }), now))).toEqual({ agent: "a", from: "2026-11-21T01:06:07.000Z", to: "2026-11-22T01:06:08.000Z" });
    expect(logFilterQuery(freezeLogFilter(readLogFilter({ kind: "stop." }), now))).toEqual({ kind: "stop.", to: "2026-11-22T01:06:08.000Z" });
  });

  it("leaves a range that is past as it is", () => {
    const past = readRunFilter({ from: "2026-11-20T10:00", to: "2026-11-20T11:00" });
    expect(freezeRunFilter(past, now)).toEqual(past);
  });

  it("always shows later what it showed then, and nothing of what came after the second", () => {
    fc.assert(fc.property(
      fc.record({ since: fc.constantFrom(null, "1h", "24h", "7d", "30d"), from: fc.option(moments), to: fc.option(moments) }), moments, moments, fc.integer({ min: 0, max: 10 ** 10 }),
      ({ since, from, to }, asked, run, laterMs) => {
        const [then, later] = [new Date(asked), new Date(asked + laterMs)];
        const filter = { ...readRunFilter(since === null ? {} : { since }), from: asRead(from), to: asRead(to) };
        const frozen = readRunFilter(runFilterQuery(freezeRunFilter(filter, then)));
        if (run <= asked && includes(filter, run, then)) expect(includes(frozen, run, later)).toBe(true);
        if (run >= asked + 1_000) expect(includes(frozen, run, later)).toBe(false);
        expect(freezeRunFilter(frozen, later)).toEqual(frozen);
      },
    ));
  });
});

it("a field holds a moment in the form that a browser keeps", () => {
  expect([null, "2026-11-22T01:06:07.123Z", "2026-11-22T01:06:00.000Z", "2026-11-22T01:00:00.000Z"].map(localMoment)).toEqual(["", "2026-11-22T01:06:07", "2026-11-22T01:06", "2026-11-22T01:00"]);
  fc.assert(fc.property(moments, (at) => {
    const whole = beginningAt(at);
    expect(addressMoment.parse(localMoment(whole))).toBe(whole);
    expect(Date.parse(closedEnd(null, new Date(at)))).toBeGreaterThan(at);
  }));
});
