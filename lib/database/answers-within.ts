// Does the database answer at all? For the first question of a page, so that a database that hangs is told within seconds.

/** Rejects as `isDatabaseUnavailable` when there is no answer in time; what comes later is dropped. */
export async function answersWithin<Result>(ms: number, answer: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error("the database does not answer"), { code: "ETIMEDOUT" })), ms);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}
