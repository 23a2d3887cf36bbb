// What happens elsewhere in the house? Listens to PostgreSQL's notifications, and listens again after the database was away.

import pg from "pg";
import { describeError, logger } from "../logger.ts";

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;

export interface EventListener {
  isListening: () => boolean;
  /** To whoever listens on the channel, this process too. False while the database is away: then it is lost. */
  tell: (channel: string, texts: readonly string[]) => boolean;
  stop: () => Promise<void>;
}

export interface HouseEvent {
  kind: string;
  subject: string | null;
  agentId: string | null;
}

const RECONNECTED: HouseEvent = { kind: "reconnected", subject: null, agentId: null };

const CHANNEL = "holdpoint";

/** After each reconnection `onEvent` gets the kind `reconnected`, since something may have been missed. `others`: what is said on other channels, by their names. */
export function listenForEvents(onEvent: (event: HouseEvent) => void, others: Readonly<Record<string, (text: string) => void>> = {}): EventListener {
  let client: pg.Client | null = null;
  let isStopped = false;
  let isListening = false;
  let retryMs = FIRST_RETRY_MS;
  let timer: NodeJS.Timeout | null = null;

  async function connect(): Promise<void> {
    timer = null;
    const next = new pg.Client({ connectionString: process.env.DATABASE_URL, application_name: "holdpoint events", keepAlive: true, connectionTimeoutMillis: 5_000 });
    client = next;
    next.on("notification", ({ channel, payload = "" }) => (channel === CHANNEL ? onEvent(eventOf(payload)) : others[channel]?.(payload)));
    next.on("error", () => retry(next));
    next.on("end", () => retry(next));
    try {
      await next.connect();
      for (const channel of [CHANNEL, ...Object.keys(others)]) await next.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
      if (client !== next) return;
      isListening = true;
      retryMs = FIRST_RETRY_MS;
      onEvent(RECONNECTED);
    } catch (error) {
      logger().debug(describeError(error), "cannot listen for events yet");
      retry(next);
    }
  }

  function retry(from: pg.Client): void {
    if (client !== from) return;
    client = null;
    isListening = false;
    void from.end().catch(() => undefined);
    if (isStopped || timer) return;
    timer = setTimeout(() => void connect(), retryMs);
    retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
  }

  void connect();
  return {
    isListening: () => isListening,
    tell: (channel, texts) => {
      if (!isListening || !client) return false;
      client.query("SELECT pg_notify($1, text) FROM unnest($2::text[]) AS text", [channel, texts]).catch((error: unknown) => logger().debug(describeError(error), "a word to other processes was lost"));
      return true;
    },
    stop: async () => {
      isStopped = true;
      isListening = false;
      if (timer) clearTimeout(timer);
      const last = client;
      client = null;
      await last?.end().catch(() => undefined);
    },
  };
}

function eventOf(payload: string): HouseEvent {
  try {
    const event = JSON.parse(payload) as { kind?: unknown; subject?: unknown; agentId?: unknown } | null;
    const text = (value: unknown) => (typeof value === "string" ? value : null);
    return { kind: text(event?.kind) ?? "unknown", subject: text(event?.subject), agentId: text(event?.agentId) };
  } catch {
    return { kind: "unknown", subject: null, agentId: null };
  }
}
