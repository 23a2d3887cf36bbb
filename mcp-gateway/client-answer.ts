// How does an HTTP client get its answer? As one JSON message, or as events once there is something to say before it.

import type { IncomingMessage, ServerResponse } from "node:http";
import { dataOf, EventFrames, frameOf, withData } from "./event-frames.ts";
import { passedOn } from "./http-headers.ts";
import { readMessage, type Response } from "./json-rpc.ts";

const MOST_BYTES = 64 * 1024 * 1024;

/** Null: this message is not to be changed. */
export type Rewrite = (response: Response) => string | null | Promise<string | null>;

export class ClientAnswer {
  readonly #outgoing: ServerResponse;
  #isStreaming = false;

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing;
  }

  get isOver(): boolean {
    return this.#outgoing.writableEnded || this.#outgoing.destroyed;
  }

  /** Something before the answer. */
  say(text: string): void {
    if (this.isOver) return;
    this.#begin();
    this.#outgoing.write(frameOf(text));
  }

  end(text: string, status = 200): void {
    if (this.isOver) return;
    if (this.#outgoing.headersSent) return void this.#outgoing.end(frameOf(text));
    this.#outgoing.writeHead(status, { "content-type": "application/json" }).end(text);
  }

  /** Where half an answer has gone out already, its end must not look like one. */
  fail(text: string, status: number): void {
    if (this.#outgoing.headersSent && !this.#isStreaming) this.#outgoing.destroy();
    else this.end(text, status);
  }

  /** The server's answer, message by message through `rewrite`; null: byte for byte. */
  async relay(incoming: IncomingMessage, rewrite: Rewrite | null): Promise<void> {
    const isEvents = /^text\/event-stream/i.test(incoming.headers["content-type"] ?? "");
    if (rewrite === null && !this.#isStreaming) {
      this.#head(incoming);
      for await (const chunk of incoming as AsyncIterable<Buffer>) await this.#write(chunk);
      return void this.#outgoing.end();
    }
    if (isEvents) {
      this.#head(incoming);
      const frames = new EventFrames();
      for await (const chunk of incoming as AsyncIterable<Buffer>) {
        for (const frame of frames.feed(chunk)) await this.#write(await rewritten(frame, rewrite));
      }
      return void this.#outgoing.end();
    }
    const text = (await wholeOf(incoming)).toString("utf8");
    const changed = await changedMessage(text, rewrite);
    if (this.#isStreaming) return this.end(changed ?? text);
    this.#head(incoming);
    this.#outgoing.end(changed ?? text);
  }

  #begin(): void {
    if (this.#isStreaming || this.#outgoing.headersSent) return;
    this.#isStreaming = true;
    this.#outgoing.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" });
  }

  #head({ statusCode = 502, headers }: IncomingMessage): void {
    if (!this.#outgoing.headersSent) this.#outgoing.writeHead(statusCode, passedOn(headers));
  }

  async #write(chunk: Buffer | string): Promise<void> {
    if (this.isOver || this.#outgoing.write(chunk)) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        this.#outgoing.off("drain", go).off("close", go);
        resolve();
      };
      this.#outgoing.on("drain", go).on("close", go);
    });
  }
}

async function changedMessage(text: string, rewrite: Rewrite | null): Promise<string | null> {
  if (rewrite === null) return null;
  const message = readMessage(text, "server");
  return message.kind === "response" ? rewrite(message) : null;
}

async function rewritten(frame: string, rewrite: Rewrite | null): Promise<string> {
  const data = dataOf(frame);
  const changed = data.trim() === "" ? null : await changedMessage(data, rewrite);
  return changed === null ? frame : withData(frame, changed);
}

export async function wholeOf(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MOST_BYTES) throw new RangeError("A message is too long.");
    parts.push(part);
  }
  return Buffer.concat(parts);
}
