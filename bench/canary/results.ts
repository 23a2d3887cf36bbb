// What did all the simulations give? Per scenario and method, with the lines at which a twentieth of quiet rollouts alarm.

import { calibratedLine, firstAt, type Highs, medianTasks, shareReaching } from "./highs.ts";
import type { Judged } from "./judged-rollout.ts";
import { METHODS, type Method } from "./methods.ts";
import type { Answer } from "./worker.ts";

const ONE_SIDED_95_PERCENT = 1.644_853_627;

/** Upper end of Wilson's one-sided 95 % interval for hits of n. */
export function upperBound(hits: number, n: number): number {
  const z = ONE_SIDED_95_PERCENT;
  const share = hits / n;
  return (share + (z * z) / (2 * n) + z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
}

export class Results {
  readonly #highs = new Map<string, Highs[]>();
  readonly #atHold = new Map<string, Judged["atHold"][]>();
  readonly #promoted = new Map<string, (number | null)[]>();
  readonly #calibrated = new Map<string, number>();

  constructor(answers: readonly Answer[]) {
    const into = <Value>(map: Map<string, Value[]>, key: string, values: readonly Value[]) => map.set(key, [...(map.get(key) ?? []), ...values]);
    for (const answer of answers) {
      const { name } = answer.batch;
      if (answer.kind === "promotions") into(this.#promoted, name, answer.promotedAfter);
      else {
        into(this.#atHold, name, answer.atHold);
        for (const [method, highs] of Object.entries(answer.highs)) into(this.#highs, `${method}|${name}`, highs);
      }
    }
    for (const { name, line, isFixed } of METHODS) this.#calibrated.set(name, isFixed ? line : calibratedLine(this.highs(name, "null"), 0.05));
  }

  highs(method: string, scenario: string): readonly Highs[] {
    const highs = this.#highs.get(`${method}|${scenario}`);
    if (!highs) throw new Error(`nothing simulated of ${scenario} for ${method}`);
    return highs;
  }

  atHold(scenario: string): readonly Judged["atHold"][] {
    return this.#atHold.get(scenario) ?? [];
  }

  promoted(name: string): readonly (number | null)[] {
    return this.#promoted.get(name) ?? [];
  }

  lineOf(method: Pick<Method, "name" | "line">, isCalibrated: boolean): number {
    return isCalibrated ? (this.#calibrated.get(method.name) ?? method.line) : method.line;
  }

  share(method: Method, scenario: string, isCalibrated: boolean): number {
    return shareReaching(this.highs(method.name, scenario), this.lineOf(method, isCalibrated));
  }

  median(method: Method, scenario: string, isCalibrated: boolean): number | null {
    return medianTasks(this.highs(method.name, scenario), this.lineOf(method, isCalibrated));
  }

  /** Mean over all rollouts of a scenario, those without an alarm counted to their end. */
  meanTasks(method: Method, scenario: string, end: number): number {
    const highs = this.highs(method.name, scenario);
    return highs.reduce((sum, one) => sum + (firstAt(one, method.line) ?? end), 0) / highs.length;
  }
}
