// How are many simulations spread over the processors? One thread each, a batch at a time.

import os from "node:os";
import { Worker } from "node:worker_threads";
import type { Answer, Batch } from "./worker.ts";

const BATCH = 50;

export const batchesOf = (kind: Batch["kind"], name: string, count: number): Batch[] =>
  Array.from({ length: Math.ceil(count / BATCH) }, (_, index) => ({ kind, name, from: index * BATCH, to: Math.min(count, (index + 1) * BATCH) }));

/** In the order of the batches, whichever thread was faster. */
export async function runBatches(batches: readonly Batch[], progress: (done: number) => void): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  let done = 0;
  await Promise.all(Array.from({ length: Math.min(os.availableParallelism(), batches.length) }, async () => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url));
    try {
      for (;;) {
        const index = next++;
        const batch = batches[index];
        if (!batch) return;
        answers[index] = await answerOf(worker, batch);
        progress(++done / batches.length);
      }
    } finally {
      await worker.terminate();
    }
  }));
  return answers;
}

function answerOf(worker: Worker, batch: Batch): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const answered = (answer: Answer): void => {
      worker.off("error", reject);
      resolve(answer);
    };
    worker.once("message", answered);
    worker.once("error", reject);
    worker.postMessage(batch, []);
  });
}
