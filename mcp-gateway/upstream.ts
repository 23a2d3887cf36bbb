// How is the server behind the gateway asked over HTTP, and where in what it sends is the answer?

import http, { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import https from "node:https";
import type { JsonObject } from "../lib/domain/json-object.ts";
import { wholeOf } from "./client-answer.ts";
import { dataOf, EventFrames } from "./event-frames.ts";
import { passedOn } from "./http-headers.ts";
import { readMessage } from "./json-rpc.ts";

export class Upstream {
  readonly url: URL;
  readonly #agent: http.Agent;

  constructor(url: URL) {
    this.url = url;
    this.#agent = url.protocol === "https:" ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  }

  /** Rejects when it cannot be reached. A redirect is not followed: it would carry the client's headers elsewhere. */
  send(method: string, headers: IncomingHttpHeaders, body: string | null, signal: AbortSignal): Promise<IncomingMessage> {
    const { request } = this.url.protocol === "https:" ? https : http;
    return new Promise((resolve, reject) => {
      const length = body === null ? {} : { "content-length": Buffer.byteLength(body) };
      const sent = request(this.url, { method, agent: this.#agent, headers: { ...passedOn(headers), "accept-encoding": "identity", ...length }, signal }, resolve);
      sent.on("error", reject);
      sent.end(body ?? undefined);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

const responseOf = (text: string): JsonObject | null => {
  const message = readMessage(text, "server");
  return message.kind === "response" ? message.message : null;
};

/** Null when there is none. */
export async function responseIn(incoming: IncomingMessage): Promise<JsonObject | null> {
  if (!/^text\/event-stream/i.test(incoming.headers["content-type"] ?? "")) return responseOf((await wholeOf(incoming)).toString("utf8"));
  const frames = new EventFrames();
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    for (const frame of frames.feed(chunk)) {
      const response = responseOf(dataOf(frame));
      if (response) return response;
    }
  }
  return null;
}
