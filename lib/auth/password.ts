// Is this the person's password? Stored as scrypt with its parameters, so that they can be raised later.

import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from "node:crypto";

// OWASP's Password Storage Cheat Sheet: N = 2^17, r = 8, p = 1.
const COST = 2 ** 17;
const BLOCK_SIZE = 8;
const KEY_BYTES = 32;

function derive(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  const options: ScryptOptions = { N: cost, r: BLOCK_SIZE, p: 1, maxmem: 256 * cost * BLOCK_SIZE };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

const TEMPORARY = "$temporary";

/** A temporary one was set by somebody else and has to be changed by its person. */
export async function hashPassword(password: string, lasts: "lasting" | "temporary" = "lasting"): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return `scrypt$${COST}$${salt.toString("base64url")}$${key.toString("base64url")}${lasts === "temporary" ? TEMPORARY : ""}`;
}

export const isTemporary = (stored: string | null): boolean => stored?.endsWith(TEMPORARY) ?? false;

/** Takes as long for an unknown person (`stored` null) as for a known one. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [, cost, salt, key] = (stored ?? `scrypt$${COST}$${"A".repeat(22)}$${"A".repeat(43)}`).split("$");
  if (!cost || !salt || !key) return false;
  const expected = Buffer.from(key, "base64url");
  const actual = await derive(password, Buffer.from(salt, "base64url"), Number(cost));
  return stored !== null && actual.length === expected.length && timingSafeEqual(actual, expected);
}

export const MIN_PASSWORD_LENGTH = 12;
