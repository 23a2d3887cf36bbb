// Who has which page open, in this process and in the others? Kept in memory only, for as long as somebody says so.

import { randomBytes } from "node:crypto";
import { z } from "zod";
import { othersAt, type Watcher } from "./domain/presence.ts";

const TICK_MS = 1_000;
const SAID_AGAIN_MS = 4_000;
/** What another process said: two of its words may be lost. */
const HEARD_FOR_MS = 10_000;
/** A stream is short, and the one after it comes within two seconds. */
const KEPT_AFTER_MS = 4_000;
/** A notification of PostgreSQL holds 8,000 bytes. */
const MOST_BYTES = 7_500;

const spoken = z.object({ from: z.string(), part: z.number(), watchers: z.array(z.tuple([z.string(), z.string(), z.string()])) });

interface Own {
  watcher: Watcher;
  /** Null while the tab is there. */
  leftMs: number | null;
}

interface Heard {
  watchers: readonly Watcher[];
  atMs: number;
}

interface Shown {
  watcher: Watcher;
  /** The names of the others, each time they are different ones. */
  show: (names: readonly string[]) => void;
  /** Null until it was told. */
  names: string | null;
}

export class ConsolePresence {
  readonly #origin = randomBytes(4).toString("hex");
  readonly #own = new Set<Own>();
  readonly #heard = new Map<string, Heard>();
  readonly #tabs = new Set<Shown>();
  readonly #say: (texts: readonly string[]) => boolean;
  #said = { atMs: 0, text: "" };
  #timer: NodeJS.Timeout | null = null;

  /** `say` reaches `hear` of every process, or is false. */
  constructor(say: (texts: readonly string[]) => boolean) {
    this.#say = say;
  }

  /** Returns how the tab leaves. */
  enter(watcher: Watcher, show: Shown["show"]): () => void {
    const own: Own = { watcher, leftMs: null };
    const tab: Shown = { watcher, show, names: null };
    this.#own.add(own);
    this.#tabs.add(tab);
    this.#timer ??= setInterval(() => this.tick(Date.now()), TICK_MS).unref();
    return () => {
      own.leftMs ??= Date.now();
      this.#tabs.delete(tab);
    };
  }

  hear(text: string, nowMs: number): void {
    this.#forget(nowMs);
    const message = read(text);
    if (message === null || message.from === this.#origin) return;
    this.#heard.set(`${message.from} ${message.part}`, { atMs: nowMs, watchers: message.watchers.map(([topic, personId, name]) => ({ topic, personId, name })) });
  }

  /** Forgets who is gone, says who is here, and shows each tab the others. */
  tick(nowMs: number): void {
    this.#forget(nowMs);
    this.#speak(nowMs);
    for (const tab of this.#tabs) {
      const names = othersAt(this.#everybody(), tab.watcher);
      const text = JSON.stringify(names);
      if (text === tab.names) continue;
      tab.names = text;
      tab.show(names);
    }
    if (this.#own.size === 0) this.close();
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #forget(nowMs: number): void {
    for (const own of this.#own) if (own.leftMs !== null && nowMs - own.leftMs >= KEPT_AFTER_MS) this.#own.delete(own);
    for (const [key, { atMs }] of this.#heard) if (nowMs - atMs >= HEARD_FOR_MS) this.#heard.delete(key);
  }

  *#everybody(): Generator<Watcher> {
    for (const { watcher } of this.#own) yield watcher;
    for (const { watchers } of this.#heard.values()) yield* watchers;
  }

  /** At once when it is something new, and now and then because what is said holds only for a while. */
  #speak(nowMs: number): void {
    const rows = [...new Set([...this.#own].map(({ watcher: { topic, personId, name } }) => JSON.stringify([topic, personId, name])))];
    const text = rows.join();
    if (text === this.#said.text && nowMs - this.#said.atMs < SAID_AGAIN_MS) return;
    const words = inParts(rows).map((watchers, part) => `{"from":"${this.#origin}","part":${part},"watchers":[${watchers.join()}]}`);
    if (this.#say(words)) this.#said = { atMs: nowMs, text };
  }
}

function read(text: string): z.infer<typeof spoken> | null {
  try {
    return spoken.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** At least one part, which may be empty: that nobody is left is worth saying. */
function inParts(rows: readonly string[]): string[][] {
  let [part, bytes]: [string[], number] = [[], 0];
  const parts = [part];
  for (const row of rows) {
    const size = Buffer.byteLength(row) + 1;
    if (bytes + size > MOST_BYTES) {
      [part, bytes] = [[], 0];
      parts.push(part);
    }
    part.push(row);
    bytes += size;
  }
  return parts;
}
