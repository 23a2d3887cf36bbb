// When may a person say that the process of an enforcement point has ended?

import { LEASE_MS } from "./bundle.ts";
import type { PointFact } from "./stop-proof.ts";

export const LEAST_HOW = 5;

/** A sentence; null where the word would count. Who was heard a moment ago runs, whatever somebody says. */
export function whyNotEnded({ name, lastHeardAt, leaseUntil }: Pick<PointFact, "name" | "lastHeardAt" | "leaseUntil">, now: Date): string | null {
  const silentMs = now.getTime() - lastHeardAt.getTime();
  if (silentMs < LEASE_MS) return `${name} was heard ${Math.max(0, Math.floor(silentMs / 1_000))} s ago: it has not ended. End its process first.`;
  return leaseUntil > now ? `The lease of ${name} goes on. Wait until it is over.` : null;
}
