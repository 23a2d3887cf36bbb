// One connection to the event stream, from its request to its end. By node:http, because a socket of fetch would keep a finished program alive.

import http from "node:http";
import https from "node:https";
import { EventStreamReader, type StreamEvent } from "./event-stream.ts";
import { fieldsOf, parsed, textIn } from "./fields.ts";

/** A proxy that holds the answer back says nothing at all. */
const FIRST_EVENT_WITHIN_MS = 5_000;
/** Holdpoint says something every 2 s. */
const SILENT_FOR_MS = 6_000;
/** Of an answer that is a refusal, in characters. */
const LONGEST_REFUSAL = 10_000;

export interface StreamEnd {
  /** `silent`: somebody took the request, and then nothing came through. */
  why: "ended" | "silent" | "refused";
  sentence: string;
}

export class StreamConnection {
  /** Resolves once, and never rejects. */
  readonly ended: Promise<StreamEnd>;
  readonly #request: http.ClientRequest;
  #end: (end: StreamEnd) => void = () => undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #isTaken = false;

  constructor({ url, headers }: { url: URL; headers: Record<string, string> }, onEvent: (event: StreamEvent) => void) {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#expectWithin(FIRST_EVENT_WITHIN_MS);
    this.#request = (url.protocol === "https:" ? https : http).get(url, { headers, agent: false });
    this.#request.on("socket", (socket) => {
      socket.unref();
      socket.once("connect", () => {
        this.#isTaken = true;
      });
    });
    this.#request.on("error", (error) => this.close({ why: "ended", sentence: error.message }));
    this.#request.on("response", (response) => {
      const isStream = response.statusCode === 200 && (response.headers["content-type"] ?? "").startsWith("text/event-stream");
      if (isStream) this.#follow(response, onEvent);
      else this.#readRefusal(response);
    });
  }

  close(end: StreamEnd = { why: "ended", sentence: "The stream was closed." }): void {
    clearTimeout(this.#watchdog);
    this.#end(end);
    this.#request.destroy();
  }

  #follow(response: http.IncomingMessage, onEvent: (event: StreamEvent) => void): void {
    const reader = new EventStreamReader();
    response.on("data", (chunk: Buffer) => {
      try {
        for (const event of reader.push(chunk)) {
          this.#expectWithin(SILENT_FOR_MS);
          onEvent(event);
        }
      } catch (error) {
        this.close({ why: "ended", sentence: error instanceof Error ? error.message : String(error) });
      }
    });
    response.on("error", (error) => this.close({ why: "ended", sentence: error.message }));
    response.on("close", () => this.close({ why: "ended", sentence: "The stream ended." }));
  }

  #readRefusal(response: http.IncomingMessage): void {
    let text = "";
    response.setEncoding("utf8").on("data", (part: string) => {
      if (text.length < LONGEST_REFUSAL) text += part;
    });
    const { statusCode = 0 } = response;
    response.on("close", () => this.close({ why: "refused", sentence: textIn(fieldsOf(parsed(text)), "message") || `Holdpoint answered ${statusCode}.` }));
  }

  #expectWithin(ms: number): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.close({ why: this.#isTaken ? "silent" : "ended", sentence: `Nothing came by the stream for ${ms / 1_000} s.` }), ms).unref();
  }
}
