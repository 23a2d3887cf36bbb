// Which bundle holds for an agent right now? Kept in this process, signed anew whenever the stored state says something else.

import { listenForEvents, type EventListener } from "../database/event-listener.ts";
import { PROBE_AGENT_ID, type Bundle } from "../domain/bundle.ts";
import { signBundle } from "../domain/signed-bundle.ts";
import { Unavailable } from "../errors.ts";
import { describeError, logger } from "../logger.ts";
import type { SigningKey } from "../operations/signing-key.ts";
import { loadBundleBases, readStopMark, readStopSnapshot, type BundleBase, type StopSnapshot } from "../queries/bundle.ts";
import { contentOf, PROBE_BASE, rehearsalsFor, stopsFor } from "./bundle-content.ts";

const POLL_EVERY_MS = 1_000;
/** Not having heard from the database for so long, this process permits nothing. */
export const FRESH_MS = 2_000;
/** So long a point may confirm what was replaced meanwhile without being behind. */
export const GRACE_MS = 2_000;
/** Of an agent that nobody is connected for and nobody asked about. */
const FORGET_AFTER_MS = 60_000;
const LOAD_WITHIN_MS = 4_000;
const MOST_AT_ONCE = 500;

/** Too frequent, or too well known to change no bundle, to be worth a look. */
const OF_NO_INTEREST = /^(runs?|points?|price|authority|actions?|undo|decisions?)\./;

export interface HeldBundle {
  bundle: Bundle;
  jws: string;
  /** All but the epoch: equal in every process for equal state. */
  content: string;
  /** Drills that cover the agent and are under way. */
  rehearsals: readonly string[];
  /** What held before, and until when, as far as a point may still be applying it. */
  replaced: readonly { content: string; atMs: number }[];
}

interface Held {
  base: BundleBase;
  current: HeldBundle;
}

type ChangeListener = (agentId: string, held: HeldBundle, changed: { bundle: boolean; newRehearsals: readonly string[] }) => void;

export class BundleCache {
  readonly #key: SigningKey;
  readonly #held = new Map<string, Held>();
  /** To be read anew: the index of the last entry of the log that must be in it, and since when. */
  readonly #due = new Map<string, { index: number; sinceMs: number }>();
  readonly #bases = new Map<string, BundleBase>();
  readonly #waiting = new Map<string, ((held: HeldBundle | null) => void)[]>();
  readonly #askedAtMs = new Map<string, number>();
  readonly #pins = new Map<string, number>();
  readonly #changeListeners = new Set<ChangeListener>();
  readonly #accessListeners = new Set<() => void>();
  #listener: EventListener | null = null;
  #poll: NodeJS.Timeout | null = null;
  #head: number | null = null;
  #mark = "";
  #heardAtMs = -Infinity;
  #round: Promise<boolean> | null = null;
  #isRoundWanted = false;
  #isLoading = false;
  #isLooking = false;
  #isClosed = false;

  constructor(key: SigningKey) {
    this.#key = key;
  }

  start(): void {
    this.#listener = listenForEvents(({ kind }) => {
      if (!OF_NO_INTEREST.test(kind)) this.refresh();
    });
    this.#poll = setInterval(() => void this.#look(), POLL_EVERY_MS);
    void this.#look();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#poll) clearInterval(this.#poll);
    await this.#listener?.stop();
    await this.#round;
  }

  /** Has this process heard from the database lately, and read whatever it was told had moved? `nowMs` is performance.now(). */
  isFresh(nowMs: number): boolean {
    if (nowMs - this.#heardAtMs > FRESH_MS) return false;
    for (const [agentId, { sinceMs }] of this.#due) if (this.#held.has(agentId) && nowMs - sinceMs > FRESH_MS) return false;
    return true;
  }

  /** Null when it is not here yet: `load` it. */
  read(agentId: string): HeldBundle | null {
    const held = this.#held.get(agentId);
    if (held) this.#askedAtMs.set(agentId, performance.now());
    return held?.current ?? null;
  }

  /** Null when there is no such agent. Throws `Unavailable` when the database is away. */
  async load(agentId: string): Promise<HeldBundle | null> {
    const here = this.read(agentId);
    if (here && this.isFresh(performance.now())) return here;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Unavailable("The database cannot be reached."));
        const others = (this.#waiting.get(agentId) ?? []).filter((waiter) => waiter !== answer);
        if (others.length === 0) this.#waiting.delete(agentId);
        else this.#waiting.set(agentId, others);
      }, LOAD_WITHIN_MS);
      const answer = (held: HeldBundle | null) => {
        clearTimeout(timer);
        resolve(held);
      };
      this.#waiting.set(agentId, [...(this.#waiting.get(agentId) ?? []), answer]);
      this.refresh();
    });
  }

  /** An agent whose points are connected here is kept. Returns how to let it go. */
  pin(agentId: string): () => void {
    this.#pins.set(agentId, (this.#pins.get(agentId) ?? 0) + 1);
    return () => {
      const left = (this.#pins.get(agentId) ?? 1) - 1;
      if (left > 0) this.#pins.set(agentId, left);
      else this.#pins.delete(agentId);
    };
  }

  onChange(listener: ChangeListener): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  /** Keys, people or owners changed somewhere. */
  onAccessChange(listener: () => void): () => void {
    this.#accessListeners.add(listener);
    return () => void this.#accessListeners.delete(listener);
  }

  /** Looks at once, or right after the look that is under way. Resolves when what was stored before the call is in; false when the database is away. */
  refresh(): Promise<boolean> {
    this.#isRoundWanted = true;
    return (this.#round ??= this.#rounds());
  }

  async #rounds(): Promise<boolean> {
    try {
      while (this.#isRoundWanted && !this.#isClosed) {
        this.#isRoundWanted = false;
        await this.#takeSnapshot();
      }
      return true;
    } catch (error) {
      // Whoever waits goes on waiting: the poll looks again.
      logger().debug(describeError(error), "the stops cannot be read");
      return false;
    } finally {
      this.#round = null;
    }
  }

  async #takeSnapshot(): Promise<void> {
    const startedMs = performance.now();
    const agentIds = [...this.#bases.keys()];
    const snapshot = await readStopSnapshot(this.#head, agentIds.filter((agentId) => agentId !== PROBE_AGENT_ID));
    this.#head = snapshot.head;
    this.#noteMoved(new Set(agentIds), snapshot);
    for (const agentId of this.#waiting.keys()) if (!this.#bases.has(agentId)) this.#noteDue(agentId, -1);
    for (const agentId of agentIds) {
      const base = this.#bases.get(agentId);
      if (base && !this.#due.has(agentId)) this.#issue(base, snapshot);
    }
    this.#heardAtMs = startedMs;
    if (snapshot.isAccessChanged) for (const listener of this.#accessListeners) listener();
    if (this.#due.size > 0) void this.#loadDue();
  }

  #noteDue(agentId: string, index: number): void {
    const known = this.#due.get(agentId);
    this.#due.set(agentId, { index: Math.max(index, known?.index ?? -1), sinceMs: known?.sinceMs ?? performance.now() });
  }

  /**
   * What decides which stops cover an agent must never be older than the stops: so it is compared with the same snapshot. No later one
   * names an entry again, so it is kept too for an agent whose base is still under way, or came while the snapshot was being read.
   */
  #noteMoved(askedFor: ReadonlySet<string>, { head, moved, agents }: StopSnapshot): void {
    const nowMs = Date.now();
    const ofAll = moved.find(({ agentId }) => agentId === null)?.index ?? -1;
    const ofAgent = new Map(moved.map(({ agentId, index }) => [agentId, index]));
    for (const agentId of new Set([...this.#bases.keys(), ...this.#due.keys()])) {
      if (agentId === PROBE_AGENT_ID) continue;
      const index = Math.max(ofAll, ofAgent.get(agentId) ?? -1);
      const base = this.#bases.get(agentId);
      const seen = agents.get(agentId);
      const isOther = base !== undefined && askedFor.has(agentId) && base.asOf <= head && (seen?.tier !== base.agent.tier || seen.currentVersionId !== base.agent.currentVersionId);
      const isEnded = base?.validUntil != null && base.validUntil.getTime() <= nowMs;
      if (base === undefined || index >= base.asOf || isOther || isEnded) this.#noteDue(agentId, index);
    }
  }

  /** Beside the snapshots, so that a stop does not wait for the authority of other agents. */
  async #loadDue(): Promise<void> {
    if (this.#isLoading || this.#isClosed) return;
    this.#isLoading = true;
    try {
      const due = [...this.#due.keys()].slice(0, MOST_AT_ONCE);
      const bases = due.includes(PROBE_AGENT_ID) ? new Map([[PROBE_AGENT_ID, PROBE_BASE]]) : new Map<string, BundleBase>();
      for (const [agentId, base] of await loadBundleBases(due, new Date())) bases.set(agentId, base);
      for (const agentId of due) this.#takeBase(agentId, bases.get(agentId) ?? null);
      void this.refresh();
    } catch (error) {
      logger().debug(describeError(error), "the authority of agents cannot be read");
    } finally {
      this.#isLoading = false;
    }
  }

  #takeBase(agentId: string, base: BundleBase | null): void {
    if (base === null) {
      this.#due.delete(agentId);
      this.#bases.delete(agentId);
      this.#answer(agentId, null);
      return;
    }
    this.#bases.set(agentId, base);
    if ((this.#due.get(agentId)?.index ?? -1) < base.asOf) this.#due.delete(agentId);
  }

  #answer(agentId: string, held: HeldBundle | null): void {
    const waiting = this.#waiting.get(agentId);
    if (!waiting) return;
    this.#waiting.delete(agentId);
    if (held) this.#askedAtMs.set(agentId, performance.now());
    for (const answer of waiting) answer(held);
  }

  /** The log may have grown since the base was read, but by nothing that is about this agent: so the epoch is the snapshot's. */
  #issue(base: BundleBase, snapshot: StopSnapshot): void {
    const agentId = base.agent.id;
    // A base that is newer than the snapshot waits for the next one.
    if (base.asOf > snapshot.head) return void this.refresh();
    const known = this.#held.get(agentId);
    const rehearsals = rehearsalsFor(base.agent, snapshot.rehearsals);
    const stops = stopsFor(base.agent, snapshot);
    const before = known?.current;
    const isSame = before !== undefined && known?.base === base && before.bundle.stops.length === stops.length && before.bundle.stops.every((stop, index) => stop.id === stops[index]?.id);
    const newRehearsals = rehearsals.filter((id) => !before?.rehearsals.includes(id));
    if (isSame && newRehearsals.length === 0 && rehearsals.length === before.rehearsals.length) return this.#answer(agentId, before);

    const { authority, version, tools, policy } = base;
    const bundle: Bundle = { format: 2, agentId, epoch: snapshot.head, authority, version, stops, tools, policy };
    const content = isSame ? before.content : contentOf(bundle);
    const isBundleChanged = content !== before?.content;
    const current: HeldBundle = before !== undefined && !isBundleChanged
      ? { ...before, rehearsals }
      : { bundle, jws: signBundle(bundle, this.#key), content, rehearsals, replaced: before ? stillExcused(before) : [] };
    this.#held.set(agentId, { base, current });
    for (const listener of this.#changeListeners) listener(agentId, current, { bundle: isBundleChanged, newRehearsals });
    this.#answer(agentId, current);
  }

  /** A message that got lost is noticed here. */
  async #look(): Promise<void> {
    this.#forgetUnused();
    if (this.#isLooking) return;
    this.#isLooking = true;
    const startedMs = performance.now();
    try {
      const mark = await readStopMark();
      const nowMs = Date.now();
      const isEnded = [...this.#bases.values()].some(({ validUntil }) => validUntil !== null && validUntil.getTime() <= nowMs);
      if (mark !== this.#mark || isEnded || this.#waiting.size > 0 || this.#due.size > 0) {
        if (await this.refresh()) this.#mark = mark;
      } else this.#heardAtMs = Math.max(this.#heardAtMs, startedMs);
    } catch (error) {
      logger().debug(describeError(error), "the database does not answer the stop path");
    } finally {
      this.#isLooking = false;
    }
  }

  #forgetUnused(): void {
    // What a snapshot says of an agent that is being read would be forgotten with it.
    if (this.#isLoading) return;
    const beforeMs = performance.now() - FORGET_AFTER_MS;
    for (const agentId of this.#bases.keys()) {
      if (this.#pins.has(agentId) || this.#waiting.has(agentId) || (this.#askedAtMs.get(agentId) ?? -Infinity) > beforeMs) continue;
      for (const map of [this.#bases, this.#held, this.#due, this.#askedAtMs]) map.delete(agentId);
    }
  }
}

function stillExcused(before: HeldBundle): HeldBundle["replaced"] {
  const atMs = performance.now();
  return [...before.replaced.filter((old) => atMs - old.atMs <= GRACE_MS), { content: before.content, atMs }];
}
