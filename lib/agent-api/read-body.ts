// What was sent? The whole body as bytes, never more than the limit, neither as sent nor after decompression.

import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { HttpRefusal, tooLarge, unsupported } from "./http-refusal.ts";

const gunzip = promisify(zlib.gunzip);
const EMPTY = Buffer.alloc(0);
/** The largest body comes in about half as many; who sends crumbs gets them swept together. */
const MOST_PARTS = 2_000;

/** All that is needed of a request's headers; by their names in small letters. */
export type SentHeaders = Pick<Headers, "get">;

/** Behind node:http the request's own stream is read: going through a web stream costs a copy and some microtasks per chunk. */
export interface BodySource {
  headers: SentHeaders;
  incoming: IncomingMessage | null;
  body: ReadableStream<Uint8Array> | null;
}

export const readBody = async (source: BodySource, maxBytes: number): Promise<Buffer> => joined(await readParts(source, maxBytes));

/** In the pieces in which it came, for whoever puts them together elsewhere; none of them is empty. `sofar` is told what came by then, and may throw. */
export async function readParts(source: BodySource, maxBytes: number, sofar: (bytes: number) => void = () => undefined): Promise<readonly Uint8Array[]> {
  const encoding = (source.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding !== "identity" && encoding !== "gzip") throw unsupported("The content encoding must be gzip or none.", { "accept-encoding": "gzip" });
  if (Number(source.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const raw = await readAll(source, maxBytes, sofar);
  if (encoding !== "gzip" || raw.length === 0) return raw.length > MOST_PARTS ? [joined(raw)] : raw;
  const inflated = await decompress(joined(raw), maxBytes);
  return inflated.length === 0 ? [] : [inflated];
}

function joined(parts: readonly Uint8Array[]): Buffer {
  const [first = EMPTY] = parts;
  return parts.length < 2 ? Buffer.from(first.buffer, first.byteOffset, first.byteLength) : Buffer.concat(parts);
}

async function readAll({ incoming, body }: BodySource, maxBytes: number, sofar: (bytes: number) => void): Promise<Uint8Array[]> {
  const stream: AsyncIterable<Uint8Array> | null = incoming ?? body;
  if (!stream) return [];
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      sofar(size);
      if (chunk.length > 0) chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof HttpRefusal) throw error;
    throw new HttpRefusal(400, "bad_input", "The body ended before it was complete.");
  }
  return chunks;
}

/** Stops inflating at the limit, so that a small body that stands for a huge one costs no more than the limit. */
async function decompress(raw: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await gunzip(raw, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(maxBytes);
    throw new HttpRefusal(400, "bad_input", "The body is not valid gzip.");
  }
}
