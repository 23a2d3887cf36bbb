// What happens elsewhere in the house? Listens to PostgreSQL's notifications, and listens again after the database was away.

import pg from "pg";
import { describeError, logger } from "../logger.ts";

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;

export interface EventListener {
  isListening: () => boolean;
  stop: () => Promise<void>;
}

/** `onEvent` gets the kind; after each reconnection it gets `reconnected`, since something may have been missed. */
export function listenForEvents(onEvent: (kind: string) => void): EventListener {
  let client: pg.Client | null = null;
  let isStopped = false;
  let isListening = false;
  let retryMs = FIRST_RETRY_MS;
  let timer: NodeJS.Timeout | null = null;

  async function connect(): Promise<void> {
    timer = null;
    const next = new pg.Client({ connectionString: process.env.DATABASE_URL, application_name: "holdpoint events", keepAlive: true, connectionTimeoutMillis: 5_000 });
    client = next;
    next.on("notification", ({ payload }) => onEvent(kindOf(payload)));
    next.on("error", () => retry(next));
    next.on("end", () => retry(next));
    try {
      await next.connect();
      await next.query("LISTEN holdpoint");
      if (client !== next) return;
      isListening = true;
      retryMs = FIRST_RETRY_MS;
      onEvent("reconnected");
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

function kindOf(payload: string | undefined): string {
  try {
    const event = JSON.parse(payload ?? "") as { kind?: unknown } | null;
    return typeof event?.kind === "string" ? event.kind : "unknown";
  } catch {
    return "unknown";
  }
}
