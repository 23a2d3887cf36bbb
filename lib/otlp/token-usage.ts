// How many tokens did a model call use, as the provider counts them?

import type { TokenUsage } from "../domain/agent-span.ts";

export interface ReportedTokens {
  input: number | null;
  output: number | null;
  cacheRead: number | null;
  cacheWrite: number | null;
  reasoning: number | null;
}

/** null when neither side is known. Some libraries leave cached and reasoning tokens out of the total, which shows when the part exceeds it. */
export function tokenUsage(reported: ReportedTokens): TokenUsage | null {
  if (reported.input === null && reported.output === null) return null;
  const [input, output] = [reported.input ?? 0, reported.output ?? 0];
  const [cacheRead, cacheWrite, reasoning] = [reported.cacheRead ?? 0, reported.cacheWrite ?? 0, reported.reasoning ?? 0];
  return {
    input: cacheRead > input ? input + cacheRead + cacheWrite : input,
    output: reasoning > output ? output + reasoning : output,
    cacheRead, cacheWrite, reasoning,
  };
}
