// Whose key is this, asked thousands of times a second? Remembered for a moment, and forgotten at once when keys or people change.

import { bearerSecret, hashApiKey } from "../auth/api-key.ts";
import { isGoodProbeToken, isProbeToken } from "../auth/probe-token.ts";
import type { Actor } from "../domain/roles.ts";
import { findKeyHolder, type KeyHolder } from "../queries/api-keys.ts";
import { isStorageUnavailable } from "../queries/readiness.ts";
import { noteUse } from "./authenticate.ts";
import { notAuthenticated } from "./http-refusal.ts";

const KNOWN_FOR_MS = 2_000;
/** Read again before it ends, so that nobody waits for it. */
const READ_AGAIN_AFTER_MS = 1_000;
/** While the database is away, who asked before is still told why it is refused. */
const REMEMBERED_FOR_MS = 600_000;
const MOST_KEYS = 10_000;

interface Known {
  holder: KeyHolder;
  readAtMs: number;
  isBeingRead: boolean;
}

export interface Caller {
  actor: Actor;
  /** Null for Holdpoint itself. */
  keyId: string | null;
  /** The database could not be asked: nothing may be permitted. */
  isUnsure: boolean;
}

const PROBE: Caller = { actor: { kind: "system", id: "probe", name: "Holdpoint" }, keyId: null, isUnsure: false };

const known = new Map<string, Known>();

let generation = 0;

export function forgetKeys(): void {
  generation++;
  known.clear();
}

/**
 * For the stop path alone: a key that was revoked is refused within two seconds, and at once when the notification arrives. Without a
 * database nobody waits for it.
 */
export async function callerOf(authorization: string | null, now: Date, isDatabaseHeard: boolean): Promise<Caller> {
  if (authorization === null || authorization.trim() === "") throw notAuthenticated("An API key is needed: Authorization: Bearer hp_….", false);
  const token = authorization.replace(/^Bearer +/i, "");
  if (isProbeToken(token) && isGoodProbeToken(token, now)) return PROBE;
  const secret = bearerSecret(authorization);
  if (secret === null) throw unknownKey();
  const hash = hashApiKey(secret);
  const entry = known.get(hash);
  const ageMs = entry ? performance.now() - entry.readAtMs : Infinity;
  if (entry && ageMs < KNOWN_FOR_MS) {
    if (ageMs > READ_AGAIN_AFTER_MS && !entry.isBeingRead) {
      entry.isBeingRead = true;
      void read(hash, now).catch(() => {
        entry.isBeingRead = false;
      });
    }
    return callerFrom(entry.holder, false);
  }
  const isRemembered = entry !== undefined && ageMs < REMEMBERED_FOR_MS;
  if (isRemembered && !isDatabaseHeard) return callerFrom(entry.holder, true);
  try {
    const holder = await read(hash, now);
    if (!holder) throw unknownKey();
    return callerFrom(holder, false);
  } catch (error) {
    if (isRemembered && isStorageUnavailable(error)) return callerFrom(entry.holder, true);
    throw error;
  }
}

const unknownKey = () => notAuthenticated("This API key is unknown or was revoked.", true);
const callerFrom = ({ actor, keyId }: KeyHolder, isUnsure: boolean): Caller => ({ actor, keyId, isUnsure });

async function read(hash: string, now: Date): Promise<KeyHolder | null> {
  const readAtMs = performance.now();
  const begunIn = generation;
  const holder = await findKeyHolder(hash, now, true);
  if (!holder) {
    known.delete(hash);
    return null;
  }
  if (known.size >= MOST_KEYS) known.clear();
  // What was read before the keys changed is good for this request, and for no other.
  if (begunIn === generation) known.set(hash, { holder, readAtMs, isBeingRead: false });
  noteUse(holder.keyId, holder.lastUsedAt, now);
  return holder;
}
