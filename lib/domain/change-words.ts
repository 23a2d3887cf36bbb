// How are a change's class, state and kind called, and by which mark are they known?

export const CHANGE_KINDS = ["version", "stage", "tier", "review_policy"] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export const CHANGE_STATES = ["open", "approved", "rejected", "withdrawn", "expired", "superseded"] as const;
export type ChangeState = (typeof CHANGE_STATES)[number];

/** What was reviewed afterwards takes effect at once, because it runs: nothing else may take its place. */
export const RAN_ALREADY = "This ran before it was reviewed, so it is approved or rejected as it ran. Register what you want instead as a change of its own.";

interface Word {
  word: string;
  mark: "critical" | "warning" | "info" | "waiting" | "met" | "rejected" | "expired" | "open";
}

const KIND_WORDS: Record<ChangeKind, string> = { version: "Version", stage: "Autonomy stage", tier: "Control tier", review_policy: "Re-review policy" };

const CLASS_WORDS: Record<string, Word> = {
  harmless: { word: "Harmless", mark: "info" },
  material: { word: "Material", mark: "warning" },
  critical: { word: "Critical", mark: "critical" },
};

const STATE_WORDS: Record<ChangeState, Word> = {
  open: { word: "Waiting for review", mark: "waiting" },
  approved: { word: "Approved", mark: "met" },
  rejected: { word: "Rejected", mark: "rejected" },
  withdrawn: { word: "Withdrawn", mark: "open" },
  expired: { word: "Expired", mark: "expired" },
  superseded: { word: "Superseded", mark: "open" },
};

const isOneOf = <Value extends string>(list: readonly Value[], value: string): value is Value => (list as readonly string[]).includes(value);

export const isChangeKind = (kind: string): kind is ChangeKind => isOneOf(CHANGE_KINDS, kind);
export const isChangeState = (state: string): state is ChangeState => isOneOf(CHANGE_STATES, state);

export const kindWord = (kind: string): string => (isChangeKind(kind) ? KIND_WORDS[kind] : kind);

/** A class that is not understood is shown as the worst. */
export const classWord = (changeClass: string): Word => CLASS_WORDS[changeClass] ?? { word: changeClass, mark: "critical" };

export const stateWord = (state: string): Word => (isChangeState(state) ? STATE_WORDS[state] : { word: state, mark: "open" });
