// Is this bundle signed by Holdpoint? Keeps its public keys, and asks for them again when a bundle names one that is not known.

import { createPublicKey, type KeyObject } from "node:crypto";
import type { Bundle } from "../../lib/domain/bundle.ts";
import { readSignedBundle } from "../../lib/domain/signed-bundle.ts";

/** Whoever sends rubbish shall not make a point ask all the time. */
const ASK_EVERY_MS = 10_000;

export interface PublicKey {
  kid: string;
  x: string;
}

function keyIdOf(jws: string): string | null {
  try {
    const header: unknown = JSON.parse(Buffer.from(jws.split(".", 1)[0] ?? "", "base64url").toString("utf8"));
    return typeof header === "object" && header !== null && "kid" in header && typeof header.kid === "string" ? header.kid : null;
  } catch {
    return null;
  }
}

export class KeyRing {
  readonly #keys = new Map<string, KeyObject>();
  readonly #ask: () => Promise<readonly PublicKey[]>;
  #askedAtMs = -Infinity;
  #asking: Promise<void> | null = null;

  constructor(ask: () => Promise<readonly PublicKey[]>) {
    this.#ask = ask;
  }

  /** At once where the key is known, so that nothing stands between a stop and its effect. Null: not signed, or not to be understood. */
  read(jws: string): Bundle | null | Promise<Bundle | null> {
    const keyId = keyIdOf(jws);
    if (keyId === null || this.#keys.has(keyId)) return readSignedBundle(jws, this.#keys);
    if (!this.#asking && performance.now() - this.#askedAtMs < ASK_EVERY_MS) return null;
    this.#asking ??= this.#fetch().finally(() => {
      this.#asking = null;
    });
    return this.#asking.then(() => readSignedBundle(jws, this.#keys));
  }

  /** A key that is known is never replaced by another one of the same name. */
  async #fetch(): Promise<void> {
    const keys = await this.#ask();
    this.#askedAtMs = performance.now();
    for (const { kid, x } of keys) {
      if (!this.#keys.has(kid)) this.#keys.set(kid, createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" }));
    }
  }
}
