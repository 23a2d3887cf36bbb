// What is an open page told? That something of a kind moved, never what it is now: the page asks again.

import { randomBytes, randomInt } from "node:crypto";
import { ConsolePresence } from "./console-presence.ts";
import { listenForEvents, type EventListener, type HouseEvent } from "./database/event-listener.ts";
import type { Watcher } from "./domain/presence.ts";

/** At most four batches a second go out, whatever happens in the house. */
const GATHER_MS = 250;
/** An open page calls what it knows of stops old after 10 s: two may be late before anybody is told so for nothing. */
const HEARTBEAT_MS = 3_000;
/** A stream is short: each connection asks for the session anew, and goes on where the one before it ended. */
const LASTS_MS = 30_000;
const MOST_REMEMBERED = 200;
const MOST_IN_BATCH = 100;
/** Spread out, so that the tabs do not all come back in the same moment. */
const RECONNECT_MS = { least: 250, spread: 1_500 };
const PRESENCE = "holdpoint_presence";

interface Batch {
  sequence: number;
  text: string;
  /** The notifications were away until now. */
  isHeardAgain: boolean;
}

export class ConsoleEvents {
  /** Sequences of one process say nothing to another one. */
  readonly #origin = randomBytes(4).toString("hex");
  readonly #tabs = new Map<(batch: Batch) => void, () => void>();
  readonly #remembered: Batch[] = [];
  readonly #presence = new ConsolePresence((texts) => this.#listener?.tell(PRESENCE, texts) ?? false);
  #listener: EventListener | null = null;
  #gathered = new Map<string, HouseEvent>();
  #timer: NodeJS.Timeout | null = null;
  #sequence = 0;
  #isClosed = false;

  /** Server-sent events. `lastId`: what the connection before this one heard last. `watcher`: who has which page open there, to be shown who else has. */
  open(lastId: string | null, watcher: Watcher | null = null): Response {
    // A tab that comes back while the server stops would keep it from ending.
    if (this.#isClosed) return new Response(null, { status: 503, headers: { "cache-control": "no-store", "retry-after": "2" } });
    this.#listener ??= listenForEvents((event) => this.#gather(event), { [PRESENCE]: (text) => this.#presence.hear(text, Date.now()) });
    let forget: () => void = () => undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const encoder = new TextEncoder();
        const send = (text: string) => controller.enqueue(encoder.encode(text));
        // Who cannot hear the house must not sound alive: a page would call itself live while nothing can reach it.
        const beat = () => {
          if (this.#listener?.isListening()) send(`event: beat\ndata: ${Date.now()}\n\n`);
        };
        const tell = ({ text, isHeardAgain }: Batch) => {
          send(text);
          if (isHeardAgain) beat();
        };
        const heartbeat = setInterval(beat, HEARTBEAT_MS);
        forget = () => {
          clearInterval(heartbeat);
          clearTimeout(timer);
          leave?.();
          this.#tabs.delete(tell);
        };
        const end = () => {
          forget();
          controller.close();
        };
        const timer = setTimeout(end, LASTS_MS);
        for (const clock of [heartbeat, timer]) clock.unref();
        send(`retry: ${RECONNECT_MS.least + randomInt(RECONNECT_MS.spread)}\n\n`);
        this.#catchUp(lastId, send);
        beat();
        this.#tabs.set(tell, end);
        const leave = watcher && this.#presence.enter(watcher, (names) => send(`event: present\ndata: ${JSON.stringify({ topic: watcher.topic, names })}\n\n`));
      },
      cancel: () => forget(),
    });
    // Without `no-transform` a proxy, or Next itself, would gather what has to go out at once.
    return new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store, no-transform", "x-accel-buffering": "no" } });
  }

  /** Ends every stream, so that nothing keeps the server from closing; the tabs come back by themselves. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const end of [...this.#tabs.values()]) end();
    this.#presence.close();
    const listener = this.#listener;
    this.#listener = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await listener?.stop();
  }

  #catchUp(lastId: string | null, send: (text: string) => void): void {
    const [origin, text] = (lastId ?? "").split("-");
    const heard = Number(text);
    const first = this.#remembered[0]?.sequence ?? this.#sequence + 1;
    if (origin === this.#origin && Number.isInteger(heard) && heard >= first - 1 && heard <= this.#sequence) {
      for (const batch of this.#remembered) if (batch.sequence > heard) send(batch.text);
    } else send(`id: ${this.#origin}-${this.#sequence}\nevent: gap\ndata: {}\n\n`);
  }

  #gather(event: HouseEvent): void {
    this.#gathered.set(`${event.kind} ${event.agentId ?? ""} ${event.subject ?? ""}`, event);
    this.#timer ??= setTimeout(() => this.#tell(), GATHER_MS);
  }

  #tell(): void {
    this.#timer = null;
    const events = [...this.#gathered.values()];
    this.#gathered = new Map();
    const sequence = ++this.#sequence;
    const isHeardAgain = events.some(({ kind }) => kind === "reconnected");
    // A busy house is no gap: it would have every tab ask for everything, four times a second. The kinds are few; only the names are left out.
    const agents = events.length > MOST_IN_BATCH ? null : [...new Set(events.flatMap(({ agentId }) => agentId ?? []))];
    const data = isHeardAgain ? "{}" : JSON.stringify({ kinds: [...new Set(events.map(({ kind }) => kind))], agents });
    const batch = { sequence, isHeardAgain, text: `id: ${this.#origin}-${sequence}\nevent: ${isHeardAgain ? "gap" : "moved"}\ndata: ${data}\n\n` };
    this.#remembered.push(batch);
    if (this.#remembered.length > MOST_REMEMBERED) this.#remembered.shift();
    for (const tell of this.#tabs.keys()) tell(batch);
  }
}

// Next compiles copies of this module into its bundles; the listener is one of each process.
const shared = globalThis as typeof globalThis & { holdpointConsoleEvents?: ConsoleEvents };

export const consoleEvents = (): ConsoleEvents => (shared.holdpointConsoleEvents ??= new ConsoleEvents());
