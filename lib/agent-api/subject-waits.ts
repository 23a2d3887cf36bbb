// Has something happened to this one thing? Whoever waits for it over HTTP is woken by the house's events; one connection listens for all who wait.

import { listenForEvents, type EventListener } from "../database/event-listener.ts";

/** An event of many things at once names none; and one that got lost is made up for. */
const LOOK_EVERY_MS = 1_000;

const waiting = new Map<string, Set<() => void>>();
let listener: EventListener | null = null;

function wake(subject: string | null): void {
  if (subject !== null && subject !== "") return waiting.get(subject)?.forEach((resolve) => resolve());
  for (const resolves of waiting.values()) for (const resolve of resolves) resolve();
}

/** Only these are about what somebody may wait for. */
const OF_INTEREST = /^(action|undo)\./;

/** Resolves after an event, or after a while: then it is time to look again. */
export function waitForSubject(subject: string, atMostMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      const resolves = waiting.get(subject);
      resolves?.delete(done);
      if (resolves?.size === 0) waiting.delete(subject);
      if (waiting.size === 0) endListening();
      resolve();
    };
    const timer = setTimeout(done, Math.min(atMostMs, LOOK_EVERY_MS));
    waiting.set(subject, (waiting.get(subject) ?? new Set()).add(done));
    listener ??= listenForEvents((event) => {
      if (event.kind === "reconnected") wake(null);
      else if (OF_INTEREST.test(event.kind)) wake(event.subject);
    });
  });
}

function endListening(): void {
  const last = listener;
  listener = null;
  void last?.stop();
}
