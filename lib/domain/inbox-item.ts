// What is one row of the inbox? The same where it is read and where it is shown.

import type { ListedApproval } from "./read-first.ts";

export const INBOX_KINDS = ["action", "change", "rollout", "promotion", "finding", "spot_check"] as const;
export type InboxKind = (typeof INBOX_KINDS)[number];

/** Who has it: one person at a time, and it changes nothing of who may decide. */
export interface Assignee {
  personId: string;
  name: string;
  since: string;
  isYou: boolean;
}

/** What people noted on it for each other, and for themselves. */
export interface ItemTriage {
  assignee: Assignee | null;
  /** Put off by this person. */
  snoozedUntil: string | null;
  /** How many there are. */
  comments: number;
  /** Why this person notes nothing on it; null: may. */
  cannot: string | null;
}

export interface InboxItem {
  key: string;
  kind: InboxKind;
  href: string;
  /** The change's class, or what kind of thing it is. */
  word: string;
  mark: "critical" | "warning" | "info" | "waiting" | "met" | "rejected" | "expired" | "open";
  sentence: string;
  agentId: string | null;
  since: string;
  expiresAt: string | null;
  detail: string | null;
  /** Waits for this person. */
  isMine: boolean;
  next: string;
  /** Set where a yes can be said in the list; what has to be read first leads to its page. */
  approval?: ListedApproval;
  /** Set where a list is read. */
  triage?: ItemTriage;
}
