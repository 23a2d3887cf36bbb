// What is offered over rows that are held as they were, and when could anything newer come?

import type { LiveStatus } from "./live-status.ts";

/** Signed out, the page that would come is the one for signing in; where the console is not heard, the browser's own. Either way what is typed here would go. */
export const canBeRead = (status: LiveStatus): boolean => status === "live" || status === "paused";

interface Held {
  status: LiveStatus;
  /** The page is due, and waits because somebody is in its rows. */
  isHeld: boolean;
  /** One of its figures is known to be another one by now. */
  hasMoved: boolean;
}

/** Null where nothing waits, or nothing newer could be read. */
export function pillWords({ status, isHeld, hasMoved }: Held): string | null {
  if (!isHeld || !canBeRead(status)) return null;
  return hasMoved ? "Show it as it is now" : "Read again";
}
