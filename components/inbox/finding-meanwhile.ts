// What became of a finding since the page about it was made?

/** What the page was made from, and what is asked again. */
export interface FindingPulse {
  readAt: string;
  state: string;
  closedBy: string | null;
  /** The review of what it found, with its state. */
  review: string | null;
}

export interface Meanwhile {
  title: string;
  detail: string;
}

export function whatHappened(seen: FindingPulse, now: FindingPulse): Meanwhile | null {
  // After a decision of one's own the page is newer than what was asked last.
  if (now.readAt <= seen.readAt) return null;
  if (now.state !== seen.state) {
    const who = now.closedBy ? ` by ${now.closedBy.replace(/^system:.*/, "Holdpoint")}` : "";
    return { title: now.state === "closed" ? `Closed${who} just now.` : "Opened again just now.", detail: "This page shows the finding as it was before that. Nothing can be decided from here any more." };
  }
  if (now.review !== seen.review) return { title: seen.review === null ? "Somebody asked for its review just now." : "Its review moved just now.", detail: "What can be done here is older than that." };
  return null;
}

/** Why nobody should decide from what the page shows; null while it is current. */
export function whyNotNow(meanwhile: Meanwhile | "unknown" | null): string | null {
  if (meanwhile === null) return null;
  return meanwhile === "unknown" ? "It can be decided again when the console says that this is still current." : `${meanwhile.title} Show the finding as it is now first.`;
}
