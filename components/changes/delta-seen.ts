"use client";

import { useSyncExternalStore } from "react";

export const DELTA_ID = "what-changes";
/** On every line that says what would be different. */
const LINES = "[data-differs]";
/** The end of a line that is taller than the window is noticed wherever the window stops. */
const STEPS = Array.from({ length: 101 }, (_, step) => step / 100);
/** Browsers count in parts of pixels. */
const WHOLE = 0.99;

/** In this window, until it is loaded anew. */
const seen = new Set<string>();
const listeners = new Set<() => void>();
/** Of the page that is open, as they stand. */
let unread: { card: HTMLElement; lines: Set<Element> } | null = null;

/** Whether a line was in the window with all of it or, where it is taller than the window, with its end. */
export function isRead({ intersectionRatio, boundingClientRect: line, rootBounds: view }: Pick<IntersectionObserverEntry, "intersectionRatio" | "boundingClientRect" | "rootBounds">): boolean {
  if (intersectionRatio >= WHOLE) return true;
  return view !== null && line.height > view.height && line.bottom > view.top && line.bottom <= view.bottom;
}

/** What sticks to the edges of the window hides what is under it. */
function insideOfBars(): string {
  const { scrollPaddingTop, scrollPaddingBottom } = getComputedStyle(document.documentElement);
  return `-${Number.parseFloat(scrollPaddingTop) || 0}px 0px -${Number.parseFloat(scrollPaddingBottom) || 0}px`;
}

/**
 * Notes when everything that a change would change has been seen: each of its lines for itself, at whatever time. A line that has the focus counts too: whoever listens to it has no window.
 * `shown`: the change, its revision and its fingerprint, because another revision of the same fingerprint may be compared with another version.
 */
export function watchDelta(card: HTMLElement, shown: string): () => void {
  const found = [...card.querySelectorAll(LINES)];
  const lines = new Set<Element>(found.length > 0 ? found : [card]);
  unread = { card, lines };
  const read = (line: Element) => {
    observer.unobserve(line);
    lines.delete(line);
    if (lines.size > 0) return;
    seen.add(shown);
    for (const notify of listeners) notify();
  };
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) if (isRead(entry)) read(entry.target);
  }, { threshold: STEPS, rootMargin: insideOfBars() });
  const readByFocus = ({ target }: FocusEvent) => {
    const line = target instanceof Element ? target.closest(LINES) : null;
    if (line) read(line);
  };
  for (const line of lines) observer.observe(line);
  card.addEventListener("focusin", readByFocus);
  return () => {
    observer.disconnect();
    card.removeEventListener("focusin", readByFocus);
    unread = null;
  };
}

/** Moves the window to the first line that was not seen; null where there is none. */
export function showUnread(): HTMLElement | null {
  const [line] = unread?.lines ?? [];
  if (unread === null || !(line instanceof HTMLElement)) return null;
  const isFirst = line === unread.card.querySelector(LINES);
  (isFirst ? unread.card : line).scrollIntoView({ block: "start" });
  return line;
}

/** Moves the focus there, too: whoever listens hears that line. */
export function goToUnread(): boolean {
  const line = showUnread();
  if (line === null) return false;
  line.tabIndex = -1;
  line.focus({ preventScroll: true });
  return true;
}

function subscribe(notify: () => void): () => void {
  listeners.add(notify);
  return () => listeners.delete(notify);
}

/** Whether everything that would be different was in this window; `shown` as of `watchDelta`. */
export const useDeltaSeen = (shown: string): boolean => useSyncExternalStore(subscribe, () => seen.has(shown), () => false);
