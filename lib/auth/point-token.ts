// Which enforcement point is this? A token that only Holdpoint can have written says so, so that a confirmation needs no look-up of its key.

import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { derivedKey } from "./derived-key.ts";

export const POINT_KINDS = ["sdk", "mcp_gateway", "probe"] as const;
export type PointKind = (typeof POINT_KINDS)[number];

export interface PointIdentity {
  agentId: string;
  name: string;
  /** Which of those that call themselves so. */
  instance: string;
  kind: PointKind;
  /** Null for Holdpoint's own probes. */
  keyId: string | null;
  /** It goes on reading when its lease has run out. */
  readsWithoutLease: boolean;
}

/** A point that lives longer gets another one with the next stream or bundle. */
export const POINT_TOKEN_MS = 24 * 3_600_000;
const PREFIX = "hpt_";

const contentSchema = z.tuple([z.string(), z.string(), z.enum(POINT_KINDS), z.string().nullable(), z.number()], z.string());

const seal = (content: string): string => createHmac("sha256", derivedKey("enforcement point")).update(content).digest("base64url");

export function pointToken({ agentId, name, instance, kind, keyId, readsWithoutLease }: PointIdentity, now: Date): string {
  const content = Buffer.from(JSON.stringify([agentId, name, kind, keyId, now.getTime() + POINT_TOKEN_MS, instance, readsWithoutLease ? "permit" : "deny"])).toString("base64url");
  return `${PREFIX}${content}.${seal(content)}`;
}

export const isPointToken = (secret: string): boolean => secret.startsWith(PREFIX);

/** Found genuine before: a point shows its token every few seconds. */
const genuine = new Map<string, PointIdentity & { endsAtMs: number }>();
const MOST_GENUINE = 20_000;

/** Null when it is forged or has ended. */
export function readPointToken(token: string, now: Date): PointIdentity | null {
  const known = genuine.get(token) ?? verified(token);
  if (known === null || known.endsAtMs <= now.getTime()) return null;
  if (genuine.size >= MOST_GENUINE) genuine.clear();
  genuine.set(token, known);
  return known;
}

function verified(token: string): (PointIdentity & { endsAtMs: number }) | null {
  const [content = "", given = "", ...more] = token.slice(PREFIX.length).split(".");
  const expected = Buffer.from(seal(content));
  const actual = Buffer.from(given);
  if (!isPointToken(token) || more.length > 0 || actual.length !== expected.length || !timingSafeEqual(actual, expected)) return null;
  const [agentId, name, kind, keyId, endsAtMs, instance = "", withoutLease] = contentSchema.parse(JSON.parse(Buffer.from(content, "base64url").toString("utf8")));
  return { agentId, name, instance, kind, keyId, readsWithoutLease: withoutLease === "permit", endsAtMs };
}
