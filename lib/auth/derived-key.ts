// With which key is something sealed that only this installation has to recognise? One for each purpose, from the installation's secret.

import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

const keys = new Map<string, { secret: string; key: KeyObject }>();

/** Throws before the secret is there, which is set at the start of every process. */
export function derivedKey(purpose: string): KeyObject {
  const secret = process.env.NEXTAUTH_SECRET;
  if (!secret) throw new Error("the installation's secret is not set");
  const known = keys.get(purpose);
  if (known?.secret === secret) return known.key;
  const key = createSecretKey(createHmac("sha256", secret).update(`holdpoint ${purpose}`).digest());
  keys.set(purpose, { secret, key });
  return key;
}
