// Is there room for one more ingest request? A bounded number at work and a bounded number waiting, so that other calls stay quick.

import { HttpRefusal } from "./http-refusal.ts";

const MOST_AT_WORK = 6;
const MOST_WAITING = 64;
/** Bodies in memory at the same time. */
const MOST_BYTES = 256 * 1024 * 1024;

const busy = () => new HttpRefusal(429, "busy", "Too many telemetry requests are being worked on; send this one again in a moment.", { "retry-after": "1" });

let atWork = 0;
let heldBytes = 0;
const waiting: (() => void)[] = [];

/** Throws the refusal that senders repeat by themselves. */
export async function withIngestRoom<Result>(work: () => Promise<Result>): Promise<Result> {
  if (atWork >= MOST_AT_WORK) {
    if (waiting.length >= MOST_WAITING) throw busy();
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    atWork++;
  }
  try {
    return await work();
  } finally {
    // The place goes to the next in line without becoming free in between.
    const next = waiting.shift();
    if (next) next();
    else atWork--;
  }
}

/** Holds the place of a body in memory from its reading until it is worked off. `announcedBytes` is what the sender says, or the limit. */
export async function holdingBytes<Result>(announcedBytes: number, work: () => Promise<Result>): Promise<Result> {
  if (heldBytes > 0 && heldBytes + announcedBytes > MOST_BYTES) throw busy();
  heldBytes += announcedBytes;
  try {
    return await work();
  } finally {
    heldBytes -= announcedBytes;
  }
}
