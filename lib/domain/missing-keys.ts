// With which keys can the points that a stop does not reach still act, and who else uses them?

export interface NamedPoint {
  agentId: string;
  name: string;
}

export interface MissingKey {
  id: string;
  name: string;
  hint: string;
  isRevoked: boolean;
  /** That may still act. */
  points: NamedPoint[];
  /** Live points beside them, which have no key any more either when it is revoked. */
  others: NamedPoint[];
}

export interface MissingKeys {
  keys: MissingKey[];
  /** Points that may still act and of which no key is known. */
  keyless: NamedPoint[];
}

const MOST_NAMED = 4;

/** "web-1 of refund-bot, web-2 of refund-bot and 7 more". */
export function pointNames(points: readonly NamedPoint[]): string {
  const more = points.length - MOST_NAMED;
  return `${points.slice(0, MOST_NAMED).map(({ agentId, name }) => `${name} of ${agentId}`).join(", ")}${more > 0 ? ` and ${more.toLocaleString("en")} more` : ""}`;
}
