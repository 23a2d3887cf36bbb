// What became of something that waited, in one word? Only what is known: an approval has a name, what ran out was rejected by nobody.

import type { InboxItem } from "./inbox-item.ts";

export interface ItemFate {
  word: string;
  mark: InboxItem["mark"] | "stopped";
  /** The person whose doing it was; null where it was none. */
  by: string | null;
  at: string | null;
}

type Word = Pick<ItemFate, "word" | "mark">;

/** By the kind of its last entry in the log. */
const FATES: Readonly<Record<string, Word>> = {
  "action.approved": { word: "Approved", mark: "met" }, "action.rejected": { word: "Rejected", mark: "rejected" }, "action.expired": { word: "Expired", mark: "expired" },
  "action.withdrawn": { word: "Withdrawn", mark: "open" }, "action.stopped": { word: "Stopped", mark: "stopped" }, "action.denied": { word: "Refused by the gate", mark: "rejected" },
  "change.approved": { word: "Approved", mark: "met" }, "change.rejected": { word: "Rejected", mark: "rejected" }, "change.expired": { word: "Expired", mark: "expired" },
  "change.withdrawn": { word: "Withdrawn", mark: "open" }, "change.spot_checked": { word: "Spot-checked", mark: "met" }, "finding.closed": { word: "Closed", mark: "met" },
  "rollout.started": { word: "Started", mark: "info" }, "rollout.resumed": { word: "Resumed", mark: "info" }, "rollout.promoted": { word: "Promoted", mark: "met" }, "rollout.completed": { word: "In effect", mark: "met" },
  "rollout.waived": { word: "Waived", mark: "met" }, "rollout.skipped": { word: "Waived", mark: "met" }, "rollout.held": { word: "Held", mark: "warning" }, "rollout.paused": { word: "Paused", mark: "open" },
  "rollout.aborted": { word: "Aborted", mark: "rejected" }, "rollout.rolled_back": { word: "Rolled back", mark: "critical" }, "rollout.superseded": { word: "Superseded", mark: "open" },
};

export const FATE_KINDS: readonly string[] = Object.keys(FATES);

/** Null: this entry ends nothing. */
export const fateOfEntry = (kind: string): Word | null => FATES[kind] ?? null;

export const TIME_OVER: Word = { word: "Expired", mark: "expired" };

/** It waits still; this person put it off, or it belongs to another page or tab by now. */
export const STILL_OPEN: Word = { word: "Still open, not in this list", mark: "waiting" };

/** Nobody can tell. */
export const UNKNOWN_FATE: ItemFate = { word: "No longer open", mark: "open", by: null, at: null };
