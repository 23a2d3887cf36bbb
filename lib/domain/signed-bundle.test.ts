import { generateKeyPairSync, sign, verify } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Bundle } from "./bundle.ts";
import { readSignedBundle, signBundle } from "./signed-bundle.ts";

const pair = () => generateKeyPairSync("ed25519");
const [ours, theirs] = [pair(), pair()];
const keys = new Map([["k1", ours.publicKey]]);
const bundle: Bundle = {
  format: 2, agentId: "refund-bot", epoch: 12, authority: { level: "partial", source: "stage", because: "its stage is partial" }, version: null, policy: null,
  stops: [{ id: "st_1", scope: "fleet", target: "" }], tools: { "order.get": { effect: "read", hasCompensation: false }, "für €": { effect: "write", hasCompensation: true } },
};
const jws = signBundle(bundle, { privateKey: ours.privateKey, keyId: "k1" });
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Signed with our key, whatever it says. */
function signed(header: unknown, payload: unknown): string {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${sign(null, Buffer.from(text), ours.privateKey).toString("base64url")}`;
}
const HEADER = { alg: "EdDSA", typ: "holdpoint-bundle+jws", kid: "k1" };

test("what was signed is read, and is a compact JWS of RFC 7515", () => {
  expect(readSignedBundle(jws, keys)).toEqual(bundle);
  const [header = "", payload = "", signature = ""] = jws.split(".");
  expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual(HEADER);
  expect(verify(null, Buffer.from(`${header}.${payload}`), ours.publicKey, Buffer.from(signature, "base64url"))).toBe(true);
});

test("equal bundles give equal bytes", () => {
  expect(signBundle(structuredClone(bundle), { privateKey: ours.privateKey, keyId: "k1" })).toBe(jws);
});

describe("nothing else is read", () => {
  const [header = "", payload = "", signature = ""] = jws.split(".");
  test.each<[string, string]>([
    ["another's signature", signBundle(bundle, { privateKey: theirs.privateKey, keyId: "k1" })],
    ["a key that is not known", signBundle(bundle, { privateKey: ours.privateKey, keyId: "k2" })],
    ["a changed payload", `${header}.${encode({ ...bundle, stops: [] })}.${signature}`],
    ["no signature", `${header}.${payload}.`], ["two parts", `${header}.${payload}`], ["four parts", `${jws}.${signature}`], ["nothing", ""], ["dots", ".."],
    ["the algorithm none", `${encode({ ...HEADER, alg: "none" })}.${payload}.`],
  ])("%s", (_, text) => {
    expect(readSignedBundle(text, keys)).toBeNull();
  });

  test.each<[string, unknown, unknown]>([
    ["another type", { ...HEADER, typ: "JWT" }, bundle], ["another format", HEADER, { ...bundle, format: 3 }], ["a member it does not know", HEADER, { ...bundle, until: 1 }],
    ["a negative epoch", HEADER, { ...bundle, epoch: -1 }], ["no JSON object", HEADER, "bundle"], ["no header", null, bundle],
  ])("%s, though signed by us", (_, head, content) => {
    expect(readSignedBundle(signed(head, content), keys)).toBeNull();
    expect(readSignedBundle(signed(HEADER, bundle), keys)).toEqual(bundle);
  });

  test("whatever is changed in it", () => {
    fc.assert(fc.property(fc.nat(jws.length - 1), fc.constantFrom(..."ABCxyz019-_."), (at, character) => {
      fc.pre(jws[at] !== character);
      const read = readSignedBundle(jws.slice(0, at) + character + jws.slice(at + 1), keys);
      // The last characters of a base64url part may hold bits that stand for nothing.
      if (read !== null) expect(read).toEqual(bundle);
    }), { numRuns: 300 });
    fc.assert(fc.property(fc.string(), (text) => readSignedBundle(text, keys) === null));
  });
});
