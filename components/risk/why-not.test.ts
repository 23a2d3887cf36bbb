import { describe, expect, it } from "vitest";
import { whyNotStage } from "./why-not-stage.ts";
import { whyNotTier } from "./why-not-tier.ts";

const OLD = "What is shown is from 02:13:05 UTC and may have changed.";
const YES = { ok: true } as const;
const NO = { ok: false, reason: "Only the business owner may." } as const;

describe("a stage", () => {
  const raise = { wanted: "assisted", stage: "shadow", isLower: false, hasVersion: true, openChange: false, permission: YES, stale: null } as const;
  const lower = { ...raise, wanted: "shadow", stage: "assisted", isLower: true } as const;

  it("is not proposed from a page that is too old, and says why", () => {
    expect(whyNotStage(raise)).toBeUndefined();
    expect(whyNotStage({ ...raise, stale: OLD })).toBe(OLD);
  });

  it("is lowered however old the page is, by whoever may", () => {
    expect(whyNotStage({ ...lower, stale: OLD })).toBeUndefined();
    expect(whyNotStage({ ...lower, stale: OLD, permission: NO })).toBe(NO.reason);
  });
});

describe("a tier", () => {
  const raise = { wanted: 2, tier: 1, isLower: false, openChange: false, permission: YES, stale: null } as const;
  const lower = { ...raise, wanted: 0, isLower: true } as const;

  it("is not proposed from a page that is too old, and says why", () => {
    expect(whyNotTier(raise)).toBeUndefined();
    expect(whyNotTier({ ...raise, stale: OLD })).toBe(OLD);
  });

  it("is lowered however old the page is, by whoever may", () => {
    expect(whyNotTier({ ...lower, stale: OLD })).toBeUndefined();
    expect(whyNotTier({ ...lower, stale: OLD, permission: NO })).toBe(NO.reason);
  });
});
