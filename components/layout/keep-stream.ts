import type { Present } from "./presence-context.ts";
import { concerns, reconnectWait } from "./live-status.ts";

/** Three heartbeats and more are missing: a connection that is open on this side only never ends by itself. */
const SILENT_AFTER_MS = 12_000;
/** What moves all the time is asked for in this rhythm at most; what somebody waits for, at once. */
const GATHER_MS = 2_000;
const URGENT = ["stop.", "rehearsal.", "change.", "finding."];
/** Between two pages a tab shows neither. */
const SETTLES_MS = 250;

/** What came as JSON, or what cannot be read as nothing. */
function fieldsOf(data: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(data) as Record<string, unknown> | null) ?? {};
  } catch {
    return {};
  }
}

const textsIn = (value: unknown): string[] | null => (Array.isArray(value) ? value.filter((item) => typeof item === "string") : null);

function presentIn(data: string): Present | null {
  const { topic, names } = fieldsOf(data);
  return typeof topic === "string" ? { topic, names: textsIn(names) ?? [] } : null;
}

interface StreamListener {
  /** The id of what the page shows, asked each time a stream is opened. */
  topic: () => string | null;
  onHeard: () => void;
  /** `null`: something may have been missed. */
  onMoved: (kinds: readonly string[] | null) => void;
  onPresent: (present: Present | null) => void;
}

export interface TabStream {
  /** The tab shows another page. */
  turn: () => void;
  end: () => void;
}

function gatherKinds(onMoved: (kinds: readonly string[]) => void) {
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let gathered: string[] = [];
  const moved = (kinds: readonly string[]) => {
    const urgent = kinds.filter((kind) => concerns(URGENT, [kind]));
    if (urgent.length > 0) onMoved(urgent);
    gathered.push(...kinds.filter((kind) => !urgent.includes(kind)));
    if (gathered.length === 0) return;
    gathering ??= setTimeout(() => {
      gathering = undefined;
      onMoved([...new Set(gathered)]);
      gathered = [];
    }, GATHER_MS);
  };
  return { moved, stop: () => clearTimeout(gathering) };
}

function addressOf(topic: string | null, after: string): string {
  const query = new URLSearchParams({ ...(topic === null ? {} : { on: topic }), ...(after === "" ? {} : { after }) }).toString();
  return `/api/console/stream${query === "" ? "" : `?${query}`}`;
}

/**
 * The browser reconnects by itself after a break; when it gives up, because the server refused, or does not notice that nothing comes any more, another stream is opened after a while.
 * A tab that nobody sees holds none: a browser keeps six connections to a house, and the seventh tab could not even stop an agent.
 */
export function keepStream({ topic, onHeard, onMoved, onPresent }: StreamListener): TabStream {
  let source: EventSource | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let turning: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let [told, heardId]: [string | null, string] = [null, ""];
  const kinds = gatherKinds(onMoved);

  const openLater = () => {
    source?.close();
    clearTimeout(silence);
    again = setTimeout(open, reconnectWait(attempt++, Math.random()));
  };
  const hear = ({ lastEventId }: MessageEvent<string>) => {
    clearTimeout(silence);
    silence = setTimeout(openLater, SILENT_AFTER_MS);
    heardId = lastEventId;
    onHeard();
  };
  const open = (after = "") => {
    told = topic();
    const next = new EventSource(addressOf(told, after));
    source = next;
    silence = setTimeout(openLater, SILENT_AFTER_MS);
    next.addEventListener("beat", (event: MessageEvent<string>) => {
      hear(event);
      if (attempt > 0) onMoved(null);
      attempt = 0;
    });
    next.addEventListener("moved", (event: MessageEvent<string>) => {
      hear(event);
      const moved = textsIn(fieldsOf(event.data).kinds);
      if (moved === null) onMoved(null);
      else kinds.moved(moved);
    });
    next.addEventListener("present", ({ data }: MessageEvent<string>) => onPresent(presentIn(data)));
    next.addEventListener("gap", () => onMoved(null));
    next.addEventListener("error", () => {
      if (next.readyState === EventSource.CLOSED) openLater();
    });
  };
  const close = () => {
    for (const timer of [again, silence, turning]) clearTimeout(timer);
    source?.close();
    source = null;
  };
  const turn = () => {
    clearTimeout(turning);
    turning = setTimeout(() => {
      if (source === null || source.readyState === EventSource.CLOSED || told === topic()) return;
      close();
      open(heardId);
    }, SETTLES_MS);
  };
  const follow = () => {
    if (document.visibilityState === "hidden") close();
    else if (source === null) open();
  };
  follow();
  document.addEventListener("visibilitychange", follow);
  return {
    turn,
    end: () => {
      document.removeEventListener("visibilitychange", follow);
      kinds.stop();
      close();
    },
  };
}
