import { createHash, generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { bundleSchema, type Bundle } from "../../lib/domain/bundle.ts";
import { signBundle } from "../../lib/domain/signed-bundle.ts";
import { KeyRing, type PublicKey } from "./key-ring.ts";

const bundle: Bundle = bundleSchema.parse({
  format: 2, agentId: "refund-bot", epoch: 7, authority: { level: "bounded", source: "stage", because: "its stage is bounded" }, version: null, stops: [], tools: {}, policy: null,
});

function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const x = String(publicKey.export({ format: "jwk" }).x);
  const keyId = createHash("sha256").update(x).digest("base64url");
  return { privateKey, keyId, published: { kid: keyId, x } satisfies PublicKey };
}

const [ours, theirs] = [newKey(), newKey()];

test("asks for the keys once, and then reads in the same tick", async () => {
  let asked = 0;
  const ring = new KeyRing(async () => {
    asked += 1;
    return [ours.published];
  });
  const jws = signBundle(bundle, ours);
  expect(await Promise.all([ring.read(jws), ring.read(jws)])).toEqual([bundle, bundle]);
  expect(ring.read(jws)).toEqual(bundle);
  expect(asked).toBe(1);
});

test("an unknown key is asked for once, not with every bundle", async () => {
  let asked = 0;
  const ring = new KeyRing(async () => {
    asked += 1;
    return [ours.published];
  });
  expect(await ring.read(signBundle(bundle, theirs))).toBeNull();
  expect(ring.read(signBundle(bundle, theirs))).toBeNull();
  expect(ring.read(signBundle(bundle, ours))).toEqual(bundle);
  expect(asked).toBe(1);
});

test("a key that is known is not replaced", async () => {
  const published: PublicKey[] = [ours.published];
  const ring = new KeyRing(async () => published);
  await ring.read(signBundle(bundle, ours));
  published[0] = { kid: ours.keyId, x: theirs.published.x };
  expect(ring.read(signBundle(bundle, { privateKey: theirs.privateKey, keyId: ours.keyId }))).toBeNull();
  expect(ring.read(signBundle(bundle, ours))).toEqual(bundle);
});

test("keys that could not be had are asked for again", async () => {
  let isThere = false;
  const ring = new KeyRing(async () => {
    if (!isThere) throw new Error("away");
    return [ours.published];
  });
  await expect(ring.read(signBundle(bundle, ours))).rejects.toThrow("away");
  isThere = true;
  expect(await ring.read(signBundle(bundle, ours))).toEqual(bundle);
});

test.each(["", "a.b.c", "..", signBundle(bundle, ours).slice(0, -2), `${signBundle(bundle, ours)}.`])("%j is no bundle", async (jws) => {
  expect(await new KeyRing(async () => [ours.published]).read(jws)).toBeNull();
});
