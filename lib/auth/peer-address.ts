// From which address does a request come, when proxies that we trust stand before us?

interface Arrival {
  /** The other end of the connection. */
  socketAddress: string | undefined;
  /** X-Forwarded-For: each proxy adds, at its end, the address that it was asked from. */
  forwardedFor: string | readonly string[] | undefined;
}

/**
 * `trustedProxies`: how many stand before us. What the last so many have written is believed, and nothing that a client wrote before them. With fewer
 * entries than that somebody came another way, and the connection is all that is known.
 */
export function peerAddressOf({ socketAddress, forwardedFor }: Arrival, trustedProxies: number): string {
  const known = socketAddress ?? "unknown";
  if (trustedProxies === 0 || forwardedFor === undefined) return known;
  const entries = (typeof forwardedFor === "string" ? forwardedFor : forwardedFor.join(",")).split(",").map((entry) => entry.trim());
  return entries.at(-trustedProxies)?.slice(0, 100) || known;
}
