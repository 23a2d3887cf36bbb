// What is a new thing called? A short typed id that can be read aloud, pasted and found by grep.

import { randomBytes } from "node:crypto";

// Crockford's base 32: no I, L, O or U, so nothing is misread over the phone.
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

export type IdPrefix = "pe" | "key" | "av" | "ch" | "ro" | "rv" | "sr" | "fi" | "ov" | "st" | "ru" | "pr" | "pt" | "re" | "gd" | "ac" | "ax" | "un" | "us" | "hr";

/** 80 random bits behind the prefix. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${[...randomBytes(16)].map((byte) => ALPHABET[byte & 31]).join("")}`;
}
