// What does a thread of its own do? It takes in the bodies of spans that it is handed, answers each after its commit, and ends when it is told to.

import { parentPort } from "node:worker_threads";
import { closeDatabase } from "../database/database.ts";
import { describeError, logger } from "../logger.ts";
import { takeInSpans, type SpanBody, type TakenIn } from "./take-in-spans.ts";
import { tellError, type ToldError } from "./told-error.ts";

export type ToThread = { kind: "take"; id: number; body: SpanBody } | { kind: "end" };
export type FromThread = { kind: "ready" } | { kind: "taken"; id: number; taken: TakenIn } | { kind: "failed"; id: number; error: ToldError };

const atWork = new Set<Promise<void>>();

const say = (message: FromThread): void => parentPort?.postMessage(message, []);

async function answer(id: number, body: SpanBody): Promise<void> {
  try {
    say({ kind: "taken", id, taken: await takeInSpans(body) });
  } catch (error) {
    say({ kind: "failed", id, error: tellError(error) });
  }
}

/** With nothing left to wait for the thread ends by itself. */
async function end(): Promise<void> {
  await Promise.all(atWork);
  await closeDatabase();
  parentPort?.close();
}

process.on("unhandledRejection", (error) => logger().error(describeError(error), "unhandled rejection"));

parentPort?.on("message", (message: ToThread) => {
  if (message.kind === "end") return void end();
  const work = answer(message.id, message.body);
  atWork.add(work);
  void work.finally(() => atWork.delete(work));
});

say({ kind: "ready" });
