// What makes an edited log entry show? Its hash over exactly the bytes that were appended.

import { createHash } from "node:crypto";

/** The Merkle tree leaf hash of RFC 6962 §2.1: SHA-256 over a zero byte and the entry. */
export function leafHashOf(body: string): Buffer {
  return createHash("sha256").update(Buffer.of(0)).update(body, "utf8").digest();
}

export type EntryFault = "gap" | "hash";

/** Finds the first entry whose index does not follow or whose hash does not fit; null when all is well. */
export function findLogFault(entries: readonly { index: number; body: string; hash: Uint8Array }[]): { index: number; fault: EntryFault } | null {
  for (const [position, entry] of entries.entries()) {
    const before = entries[position - 1];
    if (before && entry.index !== before.index + 1) return { index: entry.index, fault: "gap" };
    if (!leafHashOf(entry.body).equals(entry.hash)) return { index: entry.index, fault: "hash" };
  }
  return null;
}
