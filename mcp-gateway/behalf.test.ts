import fc from "fast-check";
import { expect, test } from "vitest";
import { behalfIn } from "./behalf.ts";

const nobody = { user: null, segment: null };
const said = { "holdpoint/user": "u_1", "holdpoint/segment": "retail", "holdpoint/confidence": 0.4 };

test.each([
  ["nothing is said", {}, nobody, { ...nobody, confidence: null }],
  ["the call says all", { _meta: said }, nobody, { user: "u_1", segment: "retail", confidence: 0.4 }],
  ["the gateway has its own user", { _meta: said }, { user: "u_9", segment: null }, { user: "u_9", segment: "retail", confidence: 0.4 }],
  ["what is said is of another form", { _meta: { "holdpoint/user": { id: "u_1" }, "holdpoint/segment": "", "holdpoint/confidence": "0.4" } }, nobody, { ...nobody, confidence: null }],
  ["it is too long, or no share of one", { _meta: { "holdpoint/user": "x".repeat(301), "holdpoint/confidence": 1.1 } }, nobody, { ...nobody, confidence: null }],
  ["it stands beside the place", { "holdpoint/user": "u_1", arguments: said }, nobody, { ...nobody, confidence: null }],
])("%s", (_, params, ofGateway, behalf) => expect(behalfIn(params, ofGateway)).toEqual(behalf));

test("no call talks itself out of what the gateway was told", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (params, meta) => {
    expect(behalfIn({ ...params, _meta: meta }, { user: "u_9", segment: "trade" })).toMatchObject({ user: "u_9", segment: "trade" });
  }));
});
