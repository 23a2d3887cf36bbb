// May this key say how an action goes on and how it ended?

interface Prepared {
  /** As the log calls it: `key:…`. */
  preparedBy: string;
  /** The key that prepared it was taken back since. */
  isRevoked: boolean;
}

/**
 * Null: it may. Whoever prepared an action knows how it ended; told by another key, an effect could be hidden as a failure and never taken back.
 * A revoked key can tell nothing any more, so every key of the agent finishes what it left. A key that is not known was not revoked.
 */
export function whyNotItsKey(teller: string, { preparedBy, isRevoked }: Prepared): string | null {
  return teller === preparedBy || isRevoked ? null : "Another key of this agent prepared this action and is still valid: use that key, or revoke it first.";
}
