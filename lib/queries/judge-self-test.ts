// Does the judge of this process find what it should find, and nothing else?

import { runJudgeSelfTest, type SelfTestResult } from "../domain/judge-self-test.ts";

let result: (SelfTestResult & { at: Date }) | undefined;

/** Once for each process: it takes a fifth of a second, and the judge does not change while it runs. */
export function judgeSelfTest(now: Date): SelfTestResult & { at: Date } {
  return (result ??= { ...runJudgeSelfTest(), at: now });
}
