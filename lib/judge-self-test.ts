// Does the judge of this process find what it should find, and nothing else?

import { runJudgeSelfTest, type SelfTestResult } from "./domain/judge-self-test.ts";
import { logger } from "./logger.ts";
import { metrics } from "./metrics-registry.ts";

let result: (SelfTestResult & { at: Date }) | undefined;

/** Once for each process: it takes a fifth of a second, and the judge does not change while it runs. */
export function judgeSelfTest(now: Date): SelfTestResult & { at: Date } {
  if (result !== undefined) return result;
  result = { ...runJudgeSelfTest(), at: now };
  metrics().judgeSelfTest.set(result.passed ? 1 : 0);
  if (!result.passed) logger().error({ missed: result.checks.filter(({ passed }) => !passed).map(({ name }) => name) }, "the judge of rollouts has failed its self-test: rollouts are held");
  return result;
}
