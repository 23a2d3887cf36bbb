// How does long work leave room for others? It is a generator that stops between its steps, and whoever runs it pauses there or does not.

/** The work stops about every millisecond, or where it can. */
export type Steps<Result> = Generator<undefined, Result>;

export function atOnce<Result>(steps: Steps<Result>): Result {
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/** Other requests go on in the pauses. */
export async function withPauses<Result>(steps: Steps<Result>): Promise<Result> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
