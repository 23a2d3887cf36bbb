// Who works on the spans that come in? Threads of their own, so that no stop, no gate and no page waits for them; this one where none was started.

import os from "node:os";
import { env } from "../env.ts";
import { metrics } from "../metrics-registry.ts";
import { takeInSpans, type SpanBody, type TakenIn } from "../operations/take-in-spans.ts";
import { reportHealth } from "../process-health.ts";
import { IngestThread, type ThreadSettings } from "./ingest-thread.ts";

/** While one parses, another waits for the database: two take in a fifth more than one, also where there are only two processors. */
const FEWEST_THREADS = 2;
const PROCESSORS_PER_THREAD = 2;
const MOST_THREADS = 4;

const MEGABYTE = 1024 * 1024;
/** What parsing makes of the worst of bytes is 24 times as large; if the heap ran full inside the parser, the whole process would end. */
const HEAP_PER_BODY = 32;
/** Nearly all that is made for a body is thrown away with it. */
const YOUNG_MEGABYTES = 96;

const settings = (): ThreadSettings => ({
  entry: new URL("../operations/ingest-on-thread.ts", import.meta.url), heapMegabytes: Math.max(2_048, Math.ceil((HEAP_PER_BODY * env().maxBodyBytes) / MEGABYTE)), youngMegabytes: YOUNG_MEGABYTES,
});

let running: readonly IngestThread[] = [];

export interface IngestThreads {
  close: () => Promise<void>;
}

const threadsFor = (processors: number): number => Math.min(MOST_THREADS, processors, Math.max(FEWEST_THREADS, Math.floor(processors / PROCESSORS_PER_THREAD)));

/** The database has been started. What comes in while they begin waits for them. */
export function startIngestThreads(count = threadsFor(os.availableParallelism()), others: Partial<ThreadSettings> = {}): IngestThreads {
  const threads = Array.from({ length: count }, () => new IngestThread({ ...settings(), ...others }));
  running = threads;
  const forget = reportHealth("ingest", () => threads.every((thread) => thread.isWell));
  return {
    close: async () => {
      if (running === threads) running = [];
      forget();
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}

/** At least one: the own. */
export const ingestThreadCount = (): number => Math.max(1, running.length);

/** The bytes are gone afterwards. Rejects with what `takeInSpans` throws, or with a refusal that senders repeat. */
export async function handInSpans(body: SpanBody): Promise<TakenIn> {
  const thread = leastBusy();
  const taken = await (thread === null ? takeInSpans(body) : thread.take(body));
  const { ingestedSpans, rejectedSpans } = metrics();
  for (const [dialect, count] of taken.dialects) ingestedSpans.inc({ dialect }, count);
  rejectedSpans.inc(taken.rejected);
  return taken;
}

const leastBusy = (): IngestThread | null =>
  running.reduce<IngestThread | null>((least, thread) => (least === null || thread.bytesInFlight < least.bytesInFlight ? thread : least), null);
