// How does a point know that a bundle is Holdpoint's? It is a compact JWS (RFC 7515) with Ed25519 (RFC 8037), verifiable with any JOSE library.

import { sign, verify, type KeyObject } from "node:crypto";
import { bundleSchema, type Bundle } from "./bundle.ts";

/** Tells a bundle from other things that may be signed with the same key one day. */
const TYPE = "holdpoint-bundle+jws";

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return null;
  }
}

export function signBundle(bundle: Bundle, key: { privateKey: KeyObject; keyId: string }): string {
  const signed = `${encode({ alg: "EdDSA", typ: TYPE, kid: key.keyId })}.${encode(bundle)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key.privateKey).toString("base64url")}`;
}

const isHeader = (value: unknown): value is { alg: string; typ: string; kid: string } =>
  typeof value === "object" && value !== null && "alg" in value && value.alg === "EdDSA" && "typ" in value && value.typ === TYPE && "kid" in value && typeof value.kid === "string";

/** Null when it is not signed by one of the keys, or says something that this version does not understand. */
export function readSignedBundle(jws: string, keys: ReadonlyMap<string, KeyObject>): Bundle | null {
  const [header = "", payload = "", signature = "", ...more] = jws.split(".");
  const head = decode(header);
  if (more.length > 0 || !isHeader(head)) return null;
  const key = keys.get(head.kid);
  if (key === undefined || key.asymmetricKeyType !== "ed25519") return null;
  if (!verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url"))) return null;
  const bundle = bundleSchema.safeParse(decode(payload));
  return bundle.success ? bundle.data : null;
}
