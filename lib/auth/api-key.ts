// What does an API key look like, and which key is this?

import { createHash, randomBytes } from "node:crypto";

const PREFIX = "hp_";

/** 256 random bits: a plain SHA-256 is enough to store them, nothing can be guessed. */
export const newApiKeySecret = (): string => PREFIX + randomBytes(32).toString("base64url");

export const hashApiKey = (secret: string): string => createHash("sha256").update(secret).digest("hex");

export const apiKeyHint = (secret: string): string => `${secret.slice(0, PREFIX.length + 6)}…`;

/** RFC 6750 §2.1. Null when the header holds nothing that could be one of our keys. */
export function bearerSecret(header: string | null | undefined): string | null {
  const match = /^Bearer +(hp_[\w-]{43})$/i.exec(header ?? "");
  return match?.[1] ?? null;
}
