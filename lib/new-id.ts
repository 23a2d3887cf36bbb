// What is a new thing called? A short typed id that can be read aloud, pasted and found by grep.

import { randomBytes } from "node:crypto";

// Crockford's base 32: no I, L, O or U, so nothing is misread over the phone.
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

export type IdPrefix = "pe" | "key" | "av" | "ch" | "ro" | "rv" | "sr" | "fi" | "ov" | "st" | "ru" | "pr" | "pt" | "re" | "gd" | "ac" | "ax" | "un" | "us" | "hr" | "cm";

const LENGTH = 16;
const IDS_AT_ONCE = 128;
let random = Buffer.alloc(0);

/** 80 random bits behind the prefix. */
export function newId(prefix: IdPrefix): string {
  // Asking for the random bytes of one id takes longer than all else that is done for it.
  if (random.length === 0) random = randomBytes(LENGTH * IDS_AT_ONCE);
  let id = `${prefix}_`;
  for (const byte of random.subarray(0, LENGTH)) id += ALPHABET[byte & 31];
  random = random.subarray(LENGTH);
  return id;
}
