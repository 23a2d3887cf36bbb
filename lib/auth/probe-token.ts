// Is it Holdpoint itself that asks the gate? Its probes carry a token that every process of the installation can write and none else.

import { createHmac, timingSafeEqual } from "node:crypto";
import { derivedKey } from "./derived-key.ts";

export const PROBE_TOKEN_MS = 60_000;
const PREFIX = "hpp_";

const seal = (endsAtMs: string): string => createHmac("sha256", derivedKey("probe")).update(endsAtMs).digest("base64url");

export function probeToken(now: Date): string {
  const endsAtMs = String(now.getTime() + PROBE_TOKEN_MS);
  return `${PREFIX}${endsAtMs}.${seal(endsAtMs)}`;
}

export const isProbeToken = (secret: string): boolean => secret.startsWith(PREFIX);

export function isGoodProbeToken(token: string, now: Date): boolean {
  const [endsAtMs = "", given = ""] = token.slice(PREFIX.length).split(".");
  const expected = Buffer.from(seal(endsAtMs));
  const actual = Buffer.from(given);
  return isProbeToken(token) && actual.length === expected.length && timingSafeEqual(actual, expected) && Number(endsAtMs) > now.getTime();
}
