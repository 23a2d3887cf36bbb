// What was sent? The whole body as bytes, never more than the limit, neither as sent nor after decompression.

import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { HttpRefusal, tooLarge, unsupported } from "./http-refusal.ts";

const gunzip = promisify(zlib.gunzip);
const EMPTY = Buffer.alloc(0);

/** Behind node:http the request's own stream is read: going through a web stream costs a copy and some microtasks per chunk. */
export interface BodySource {
  headers: Headers;
  incoming: IncomingMessage | null;
  body: ReadableStream<Uint8Array> | null;
}

export async function readBody(source: BodySource, maxBytes: number): Promise<Buffer> {
  const encoding = (source.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding !== "identity" && encoding !== "gzip") throw unsupported("The content encoding must be gzip or none.", { "accept-encoding": "gzip" });
  if (Number(source.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const raw = await readAll(source, maxBytes);
  return encoding === "gzip" && raw.length > 0 ? decompress(raw, maxBytes) : raw;
}

async function readAll({ incoming, body }: BodySource, maxBytes: number): Promise<Buffer> {
  const stream: AsyncIterable<Uint8Array> | null = incoming ?? body;
  if (!stream) return EMPTY;
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof HttpRefusal) throw error;
    throw new HttpRefusal(400, "bad_input", "The body ended before it was complete.");
  }
  const [first = EMPTY] = chunks;
  return chunks.length < 2 ? Buffer.from(first.buffer, first.byteOffset, first.byteLength) : Buffer.concat(chunks, size);
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
