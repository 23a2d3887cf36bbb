// Did the run reach what it was for, and whose word counts when several speak?

export const OUTCOMES = ["success", "failure"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * From weak to strong. `trace`: read off the root span; `agent`: said by the agent; `reported`: said afterwards by a person or by
 * the system in which the result can be seen.
 */
export const OUTCOME_SOURCES = ["trace", "agent", "reported"] as const;
export type OutcomeSource = (typeof OUTCOME_SOURCES)[number];

export interface KnownOutcome {
  outcome: Outcome;
  source: OutcomeSource;
  atUs: number;
}

/** The stronger source counts; between equals the later word, and failure when both were said at once. */
export function decideOutcome(one: KnownOutcome | null, other: KnownOutcome | null): KnownOutcome | null {
  if (one === null || other === null) return one ?? other;
  const strength = OUTCOME_SOURCES.indexOf(one.source) - OUTCOME_SOURCES.indexOf(other.source);
  if (strength !== 0) return strength > 0 ? one : other;
  if (one.atUs !== other.atUs) return one.atUs > other.atUs ? one : other;
  return one.outcome === "failure" ? one : other;
}
