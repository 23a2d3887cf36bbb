// How is work handed to a thread that may die? It is answered, or it is refused so that the sender repeats it, and the thread begins anew.

import { Worker } from "node:worker_threads";
import { env } from "../env.ts";
import { describeError, logger } from "../logger.ts";
import type { FromThread, ToThread } from "../operations/ingest-on-thread.ts";
import type { SpanBody, TakenIn } from "../operations/take-in-spans.ts";
import { errorAsTold } from "../operations/told-error.ts";
import { HttpRefusal } from "./http-refusal.ts";

/** Two transactions at once, what is read for the next ones, and what is noted after a commit. */
const MOST_CONNECTIONS = 8;
const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 5_000;
/** Longer than a statement that waits for another, and no longer than whoever stops a service. */
const ENDS_WITHIN_MS = 10_000;

interface InFlight {
  bytes: number;
  resolve: (taken: TakenIn) => void;
  reject: (error: Error) => void;
}

export interface ThreadSettings {
  /** The file that it runs. */
  entry: URL;
  /** Beyond it the thread dies, and no other. */
  heapMegabytes: number;
  /** Beside the heap, for what has just been made. */
  youngMegabytes: number;
}

const interrupted = () =>
  new HttpRefusal(503, "unavailable", "The spans could not be taken in just now. Send them again in a moment; each is stored once.", { "retry-after": "2" });

export class IngestThread {
  readonly #settings: ThreadSettings;
  readonly #inFlight = new Map<number, InFlight>();
  #bytesInFlight = 0;
  #lastId = 0;
  #worker: Worker | null = null;
  #hasBegun = false;
  #isWell = true;
  #isEnding = false;
  #pauseMs = FIRST_PAUSE_MS;
  #pause: NodeJS.Timeout | null = null;

  constructor(settings: ThreadSettings) {
    this.#settings = settings;
    this.#begin();
  }

  /** False when its last start came to nothing. */
  get isWell(): boolean {
    return this.#isWell;
  }

  /** Infinite while it is down. */
  get bytesInFlight(): number {
    return this.#worker === null ? Infinity : this.#bytesInFlight;
  }

  /** The bytes are gone afterwards. Rejects with what the work throws, or with a refusal that senders repeat. */
  take({ parts, ...rest }: SpanBody): Promise<TakenIn> {
    const worker = this.#worker;
    if (worker === null) return Promise.reject(interrupted());
    const id = ++this.#lastId;
    const own = parts.map(ownBytes);
    const bytes = own.reduce((sum, { length }) => sum + length, 0);
    return new Promise((resolve, reject) => {
      worker.postMessage({ kind: "take", id, body: { parts: own, ...rest } } satisfies ToThread, own.map(({ buffer }) => buffer));
      this.#inFlight.set(id, { bytes, resolve, reject });
      this.#bytesInFlight += bytes;
    });
  }

  /** What is under way is answered first. */
  async end(): Promise<void> {
    this.#isEnding = true;
    if (this.#pause !== null) clearTimeout(this.#pause);
    const worker = this.#worker;
    if (worker === null) return;
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    worker.postMessage({ kind: "end" } satisfies ToThread, []);
    const limit = setTimeout(() => void worker.terminate(), ENDS_WITHIN_MS);
    await ended;
    clearTimeout(limit);
  }

  #begin(): void {
    this.#pause = null;
    this.#hasBegun = false;
    const { entry, heapMegabytes, youngMegabytes } = this.#settings;
    const worker = new Worker(entry, {
      name: "ingest",
      env: { ...process.env, HOLDPOINT_DATABASE_CONNECTIONS: String(Math.min(MOST_CONNECTIONS, env().databaseConnections)) },
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: youngMegabytes },
    });
    worker.on("message", (message: FromThread) => this.#hear(message));
    worker.on("error", (error) => logger().error(describeError(error), "a thread that takes in spans has failed"));
    worker.on("exit", () => this.#ended());
    this.#worker = worker;
  }

  #hear(message: FromThread): void {
    if (message.kind === "ready") {
      this.#hasBegun = this.#isWell = true;
      return;
    }
    this.#pauseMs = FIRST_PAUSE_MS;
    const asked = this.#inFlight.get(message.id);
    if (asked === undefined) return;
    this.#inFlight.delete(message.id);
    this.#bytesInFlight -= asked.bytes;
    if (message.kind === "taken") asked.resolve(message.taken);
    else asked.reject(errorAsTold(message.error));
  }

  #ended(): void {
    this.#worker = null;
    const lost = [...this.#inFlight.values()];
    this.#inFlight.clear();
    this.#bytesInFlight = 0;
    for (const { reject } of lost) reject(interrupted());
    if (this.#isEnding) return;
    this.#isWell = this.#hasBegun;
    logger().error({ requests: lost.length, againInMs: this.#pauseMs }, "a thread that takes in spans has ended and is started again");
    this.#pause = setTimeout(() => this.#begin(), this.#pauseMs);
    this.#pause.unref();
    this.#pauseMs = Math.min(2 * this.#pauseMs, LAST_PAUSE_MS);
  }
}

/** Small buffers lie side by side in one piece of memory, which cannot be given away. */
const ownBytes = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
