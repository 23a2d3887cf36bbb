// Which enforcement points are connected to this process? Sends each agent's events to all of its points, as the same bytes.

import type { ServerResponse } from "node:http";
import { CONFIRM_EVERY_MS, LEASE_MS } from "../domain/bundle.ts";
import type { BundleCache, HeldBundle } from "./bundle-cache.ts";

const PING_EVERY_MS = 2_000;
/** Not all in one moment, so that other answers do not wait behind thousands of pings. */
const PARTS = 20;
/** Who takes nothing for so long is cut, and comes back or runs out of its lease. */
const DRAIN_WITHIN_MS = 5_000;

interface Connection {
  response: ServerResponse;
  agentId: string;
  keyId: string | null;
  blockedSinceMs: number | null;
}

/** The sequence counts what all points of the agent are told; a ping tells it again, so that a gap is noticed. */
interface AgentStream {
  sequence: number;
  connections: Set<Connection>;
  ping: Buffer;
  unpin: () => void;
}

export const frameOf = (event: string, data: unknown, id?: number): Buffer =>
  Buffer.from(`${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);

const pingOf = (sequence: number): Buffer => frameOf("ping", { sequence });

export class StreamHub {
  readonly #cache: BundleCache;
  readonly #streams = new Map<string, AgentStream>();
  readonly #parts: Set<Connection>[] = Array.from({ length: PARTS }, () => new Set());
  readonly #forget: () => void;
  readonly #timer: NodeJS.Timeout;
  #opened = 0;
  #tick = 0;

  constructor(cache: BundleCache) {
    this.#cache = cache;
    this.#forget = cache.onChange((agentId, held, { bundle, newRehearsals }) => {
      if (bundle) this.#tell(agentId, "bundle", { bundle: held.jws });
      for (const rehearsal of newRehearsals) this.#tell(agentId, "rehearsal", { rehearsal });
    });
    this.#timer = setInterval(() => this.#beat(), PING_EVERY_MS / PARTS);
  }

  get size(): number {
    return this.#parts.reduce((sum, part) => sum + part.size, 0);
  }

  /** The keys of those who are connected. */
  get keyIds(): Set<string> {
    return new Set([...this.#connections()].flatMap(({ keyId }) => keyId ?? []));
  }

  /** `held` is what holds at this very moment: between its reading and this call nothing is waited for. */
  open(response: ServerResponse, { agentId, keyId, token, held }: { agentId: string; keyId: string | null; token: string; held: HeldBundle }): void {
    let stream = this.#streams.get(agentId);
    if (!stream) {
      stream = { sequence: 0, connections: new Set(), ping: pingOf(0), unpin: this.#cache.pin(agentId) };
      this.#streams.set(agentId, stream);
    }
    const { sequence } = stream;
    const connection: Connection = { response, agentId, keyId, blockedSinceMs: null };
    stream.connections.add(connection);
    this.#parts[this.#opened++ % PARTS]?.add(connection);
    const onDrain = () => {
      connection.blockedSinceMs = null;
    };
    response.on("drain", onDrain);
    response.socket?.on("drain", onDrain);
    response.on("close", () => this.#remove(connection));
    beginStream(response);
    write(connection, Buffer.concat([
      frameOf("hello", { sequence, token, leaseMs: LEASE_MS, confirmEveryMs: CONFIRM_EVERY_MS }),
      frameOf("bundle", { sequence, bundle: held.jws }, sequence),
      ...held.rehearsals.map((rehearsal) => frameOf("rehearsal", { sequence, rehearsal }, sequence)),
    ]));
  }

  closeKeys(keyIds: ReadonlySet<string>): void {
    for (const connection of [...this.#connections()]) if (connection.keyId !== null && keyIds.has(connection.keyId)) sayBye(connection, "revoked");
  }

  close(): void {
    clearInterval(this.#timer);
    this.#forget();
    for (const connection of [...this.#connections()]) sayBye(connection, "closing");
  }

  *#connections(): Generator<Connection> {
    for (const part of this.#parts) yield* part;
  }

  #tell(agentId: string, event: "bundle" | "rehearsal", data: object): void {
    const stream = this.#streams.get(agentId);
    if (!stream) return;
    stream.sequence++;
    stream.ping = pingOf(stream.sequence);
    const frame = frameOf(event, { sequence: stream.sequence, ...data }, stream.sequence);
    for (const connection of stream.connections) write(connection, frame);
  }

  #beat(): void {
    const nowMs = performance.now();
    for (const connection of this.#parts[this.#tick++ % PARTS] ?? []) {
      if (connection.blockedSinceMs === null) write(connection, this.#streams.get(connection.agentId)?.ping ?? pingOf(0));
      else if (nowMs - connection.blockedSinceMs > DRAIN_WITHIN_MS) connection.response.destroy();
    }
  }

  #remove(connection: Connection): void {
    for (const part of this.#parts) part.delete(connection);
    const stream = this.#streams.get(connection.agentId);
    stream?.connections.delete(connection);
    if (!stream || stream.connections.size > 0) return;
    stream.unpin();
    this.#streams.delete(connection.agentId);
  }
}

/** Straight to the socket, in one piece: as a response, each would be corked, put into a chunk and written in three. */
function write(connection: Connection, frame: Buffer): void {
  const { response } = connection;
  if (response.writableEnded || response.destroyed) return;
  if (!(response.socket ?? response).write(frame)) connection.blockedSinceMs ??= performance.now();
}

/** It ends with its connection, so that frames need no lengths and are the same bytes for everyone. */
function beginStream(response: ServerResponse): void {
  response.removeHeader("transfer-encoding");
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no", connection: "close" }).flushHeaders();
}

function sayBye(connection: Connection, reason: "closing" | "revoked"): void {
  write(connection, frameOf("bye", { reason }));
  connection.response.end();
}
