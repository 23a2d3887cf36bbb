import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvLines } from "./csv.ts";

describe("csvLines", () => {
  it.each([
    ["plain", "plain"], ["a,b", '"a,b"'], ['say "no"', '"say ""no"""'], ["two\nlines", '"two\nlines"'], [" padded", '" padded"'], ["", ""],
    ["=1+1", "'=1+1"], ["+1", "'+1"], ["-1", "'-1"], ["@SUM(A1)", "'@SUM(A1)"], ["\t=1", "'\t=1"], ["＝1", "'＝1"],
    ['=HYPERLINK("http://x","y")', "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""], ["a=b", "a=b"],
  ])("writes %j as %j", (cell, line) => {
    expect(csvLines([[cell]])).toBe(`${line}\r\n`);
  });

  it("leaves numbers as they are, also negative ones, and unknown ones empty", () => {
    expect(csvLines([[1.5, -2, null, Number.NaN], ["a", "b", "c", "d"]])).toBe("1.5,-2,,\r\na,b,c,d\r\n");
  });

  it("never starts a text cell with what starts a formula", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const written = csvLines([[text]]).slice(0, -2);
        const value = written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written;
        expect(value).not.toMatch(/^\s*[=+\-@]/);
        expect(value === text || value === `'${text}`).toBe(true);
      }),
    );
  });
});
