import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { safeReturnPath } from "./return-path.ts";

describe("safeReturnPath", () => {
  it.each([["/runs?agent=a&outcome=failure#x", "/runs?agent=a&outcome=failure#x"], ["/", "/"], ["/agents/../runs", "/runs"]])("lets %s through", (from, expected) => expect(safeReturnPath(from)).toBe(expected));
  it.each([null, undefined, "", "runs", "//evil.example", "/\\evil.example", "\\/evil.example", "https://evil.example", "/\t/evil.example", "/\n/evil.example", "javascript:alert(1)", "/..//evil.example", "/a\\b", "/".padEnd(3_000, "x")])(
    "refuses %j", (from) => expect(safeReturnPath(from)).toBeNull(),
  );
  it("never leads to another host", () => {
    const parts = fc.array(fc.constantFrom("/", "\\", ".", "..", "@", ":", "evil.example", "\t", "\n", "%2f", "?", "#", "a"), { maxLength: 12 });
    fc.assert(fc.property(parts, (list) => {
      const path = safeReturnPath(`/${list.join("")}`);
      return path === null || (new URL(path, "https://ours.example").host === "ours.example" && !path.startsWith("//"));
    }));
  });
});
