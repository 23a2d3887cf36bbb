// Is there room for one more ingest request? A bounded number at work and a bounded number waiting, so that other calls stay quick.

import { HttpRefusal } from "./http-refusal.ts";
import { ingestThreadCount } from "./ingest-threads.ts";

/** What bounds the work is bytes; small bodies are many, and those at work together share a transaction. */
const MOST_AT_WORK_PER_THREAD = 64;
/** A refusal costs its sender a second, a place in line some kilobytes beside the body, whose bytes are counted. */
const MOST_WAITING = 1_024;
/** Of bodies that are being decoded and stored, which take many times their size; the heap of each thread has room for so many. */
const MOST_BYTES_AT_WORK = 64 * 1024 * 1024;
/** Bodies in memory at the same time. */
const MOST_BYTES = 256 * 1024 * 1024;

const busy = () => new HttpRefusal(429, "busy", "Too many telemetry requests are being worked on; send this one again in a moment.", { "retry-after": "1" });

let atWork = 0;
let bytesAtWork = 0;
let heldBytes = 0;
const waiting: { bytes: number; goOn: () => void }[] = [];

const isRoomFor = (bytes: number): boolean => atWork === 0 || (atWork < MOST_AT_WORK_PER_THREAD * ingestThreadCount() && bytesAtWork + bytes <= MOST_BYTES_AT_WORK);

/** In the order of arrival. Throws the refusal that senders repeat by themselves. */
export async function withIngestRoom<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
  if (waiting.length > 0 || !isRoomFor(bytes)) {
    if (waiting.length >= MOST_WAITING) throw busy();
    await new Promise<void>((goOn) => waiting.push({ bytes, goOn }));
  } else enter(bytes);
  try {
    return await work();
  } finally {
    atWork--;
    bytesAtWork -= bytes;
    // A place is taken before the next in line goes on, so that nobody slips in between.
    for (let next = waiting[0]; next && isRoomFor(next.bytes); next = waiting[0]) {
      waiting.shift();
      enter(next.bytes);
      next.goOn();
    }
  }
}

function enter(bytes: number): void {
  atWork++;
  bytesAtWork += bytes;
}

/**
 * Holds the place of a body in memory from its reading until it is worked off. `announcedBytes` is what the sender says, 0 where it does not;
 * `work` tells how many it has in hand by now, and is refused as a body that was announced would have been.
 */
export async function holdingBytes<Result>(announcedBytes: number, work: (hold: (bytes: number) => void) => Promise<Result>): Promise<Result> {
  let own = 0;
  const hold = (bytes: number): void => {
    const others = heldBytes - own;
    if (bytes > own && others > 0 && others + bytes > MOST_BYTES) throw busy();
    heldBytes = others + bytes;
    own = bytes;
  };
  hold(announcedBytes);
  try {
    return await work(hold);
  } finally {
    heldBytes -= own;
  }
}
