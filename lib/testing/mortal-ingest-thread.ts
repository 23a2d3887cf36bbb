// A thread that takes in spans like any other, except that two bodies are its death.

import { parentPort } from "node:worker_threads";
import type { ToThread } from "../operations/ingest-on-thread.ts";
import "../operations/ingest-on-thread.ts";

const full: number[][] = [];

parentPort?.on("message", (message: ToThread) => {
  if (message.kind !== "take" || message.body.parts.some(({ length }) => length > 100)) return;
  const text = Buffer.concat(message.body.parts).toString();
  if (text === '"throw"') throw new Error("as the test asked");
  if (text === '"fill the heap"') for (;;) full.push(Array<number>(100_000).fill(0.5));
});
