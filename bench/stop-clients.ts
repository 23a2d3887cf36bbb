// Many enforcement points in one process, over raw sockets: each keeps a stream, and confirms on a connection of its own, as the SDK does.
// Told by its parent whom to connect to; tells it when all points have confirmed the same stops, and when each of them did.

import net from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { reconnectDelay } from "../sdk/src/reconnect-delay.ts";

export interface Orders {
  /** Of the server processes; points take turns. */
  ports: number[];
  points: number;
  agents: string[];
  secret: string;
}

/** Sent later on, any number of times: all connections go at once, and every point comes back as the SDK's do. */
export const CUT = "cut";

export interface Confirmed {
  /** The ids of the stops in the bundle; empty for none. */
  stops: string;
  /** For each point, in milliseconds since 1970: the answer to its confirmation was there, so it was stored. */
  atMs: number[];
}

interface Told {
  stops: string;
  body: string;
}

const CONFIRM_EVERY_MS = 3_000;
const CONNECT_AT_ONCE = 100;
const clock = () => performance.timeOrigin + performance.now();

/** All points of an agent get the same bytes: they are read once. */
const told = new Map<string, Told>();
function read(data: string): Told {
  let known = told.get(data);
  if (!known) {
    const { bundle } = JSON.parse(data) as { bundle: string };
    const { stops } = JSON.parse(Buffer.from(bundle.split(".")[1] ?? "", "base64url").toString()) as { stops: { id: string }[] };
    known = { stops: stops.map(({ id }) => id).join(), body: JSON.stringify({ bundle, rehearsals: [], refusesProbe: true, isLeaving: false }) };
    told.set(data, known);
  }
  return known;
}

class Point {
  confirmedStops: string | null = null;
  confirmedAtMs = 0;
  readonly #port: number;
  readonly #onConfirmed: (point: Point) => void;
  #wanted: Told | null = null;
  #sending: Told | null = null;
  #token = "";
  #text = "";
  #answer = "";
  #stream: net.Socket | null = null;
  #confirming: net.Socket | null = null;

  constructor(port: number, onConfirmed: (point: Point) => void) {
    this.#port = port;
    this.#onConfirmed = onConfirmed;
  }

  connect(path: string, secret: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#confirming = net.connect(this.#port, "127.0.0.1").setNoDelay(true);
      this.#confirming.on("error", reject).on("data", (bytes) => this.#readAnswer(bytes)).on("close", () => reject(new Error("a connection for confirmations was closed")));
      const stream = net.connect(this.#port, "127.0.0.1", () => stream.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${this.#port}\r\nauthorization: Bearer ${secret}\r\naccept: text/event-stream\r\n\r\n`));
      this.#stream = stream;
      stream.on("error", reject).on("close", () => reject(new Error(`a stream was closed: ${this.#text.slice(0, 300)}`)));
      stream.on("data", (bytes) => {
        this.#readStream(bytes);
        if (this.#wanted) resolve();
      });
    });
  }

  keepLease(): void {
    setTimeout(() => setInterval(() => this.#confirm(), CONFIRM_EVERY_MS), Math.random() * CONFIRM_EVERY_MS);
  }

  /** Loses both connections, and is back when it has the bundle again. */
  async comeBack(path: string, secret: string): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      this.#lose();
      await pause(reconnectDelay(attempt, Math.random()));
      try {
        return await this.connect(path, secret);
      } catch {
        // The house takes no more in this moment: later, as a point does.
      }
    }
  }

  #lose(): void {
    for (const socket of [this.#stream, this.#confirming]) socket?.removeAllListeners("data").destroy();
    [this.#stream, this.#confirming, this.#wanted, this.#sending] = [null, null, null, null];
    [this.#token, this.#text, this.#answer] = ["", "", ""];
  }

  #readStream(bytes: Buffer): void {
    this.#text += bytes.toString("latin1");
    let end = this.#text.indexOf("\n\n");
    for (; end >= 0; end = this.#text.indexOf("\n\n")) {
      const frame = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      const event = /^event: (\w+)$/m.exec(frame)?.[1];
      if (event === "hello") this.#token = /"token":"([^"]+)"/.exec(frame)?.[1] ?? "";
      if (event !== "bundle") continue;
      this.#wanted = read(frame.slice(frame.indexOf("data: ") + 6));
      this.#confirm();
    }
  }

  /** One at a time: what comes meanwhile is confirmed right after. */
  #confirm(): void {
    if (this.#sending || !this.#wanted || !this.#confirming) return;
    this.#sending = this.#wanted;
    const { body } = this.#sending;
    this.#confirming.write(`POST /v1/points/confirm HTTP/1.1\r\nhost: 127.0.0.1:${this.#port}\r\nauthorization: Bearer ${this.#token}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  }

  #readAnswer(bytes: Buffer): void {
    this.#answer += bytes.toString("latin1");
    const head = this.#answer.indexOf("\r\n\r\n");
    if (head < 0 || this.#answer.length < head + 4 + Number(/content-length: (\d+)/i.exec(this.#answer)?.[1] ?? 0)) return;
    const sent = this.#sending;
    if (!this.#answer.startsWith("HTTP/1.1 200")) throw new Error(`a confirmation was answered ${this.#answer}`);
    const isLeased = this.#answer.includes('"leaseMs":10000');
    this.#answer = "";
    this.#sending = null;
    if (sent && isLeased && this.confirmedStops !== sent.stops) {
      this.confirmedStops = sent.stops;
      this.confirmedAtMs = clock();
      this.#onConfirmed(this);
    }
    if (sent !== this.#wanted) this.#confirm();
  }
}

async function follow({ ports, points: count, agents, secret }: Orders): Promise<void> {
  const points: Point[] = [];
  const confirmedBy = new Map<string, number>();
  const onConfirmed = ({ confirmedStops }: Point) => {
    const stops = confirmedStops ?? "";
    const confirmed = (confirmedBy.get(stops) ?? 0) + 1;
    confirmedBy.set(stops, confirmed);
    if (confirmed < count) return;
    confirmedBy.clear();
    process.send?.({ stops, atMs: points.map(({ confirmedAtMs }) => confirmedAtMs) } satisfies Confirmed);
  };
  for (let index = 0; index < count; index++) points.push(new Point(ports[index % ports.length] ?? 0, onConfirmed));
  const pathOf = (index: number): string => `/v1/stream?agent=${agents[index % agents.length] ?? ""}&point=worker-${index}&kind=sdk`;
  const queue = points.entries();
  await Promise.all(Array.from({ length: CONNECT_AT_ONCE }, async () => {
    for (const [index, point] of queue) {
      await point.connect(pathOf(index), secret);
      point.keepLease();
    }
  }));
  process.on("message", (order) => {
    if (order === CUT) for (const [index, point] of points.entries()) void point.comeBack(pathOf(index), secret);
  });
}

process.once("message", (orders: Orders) => void follow(orders));
process.once("disconnect", () => process.exit(0));
