// What happens when a change is approved, and what did its decision do?

export interface ChangeSubject {
  kind: string;
  fromNumber: number | null;
  toNumber: number | null;
  stageNow: string | null;
  proposedStage: string | null;
  proposedTier: number | null;
  /** How it gets into production: left out or `none`, at once; `asked`, in stages once it is approved; the rest is where those stand. */
  rollout?: "none" | "asked" | "open" | "completed" | "ended";
}

export function effectOfApproval(subject: ChangeSubject): string {
  switch (subject.kind) {
    case "version":
      return subject.rollout === "asked"
        ? `After approval, version ${subject.toNumber} waits for somebody to start its rollout; version ${subject.fromNumber} goes on until that has ended.`
        : `After approval, version ${subject.toNumber} becomes current at the stage ${subject.stageNow ?? "shadow"}.`;
    case "stage":
      return `After approval, the agent stands at the stage ${subject.proposedStage ?? "unknown"}.`;
    case "tier":
      return `After approval, the agent is in tier ${subject.proposedTier ?? "unknown"}.`;
    default:
      return "After approval, every change that is proposed or edited is classified by these rules.";
  }
}

const stays = ({ kind, fromNumber, toNumber }: ChangeSubject): string => {
  if (kind !== "version") return "Nothing changed.";
  const from = fromNumber === null ? "No version is current because of it." : `Version ${fromNumber} stayed as it was.`;
  return `${from} Version ${toNumber} in live traffic counts as an unreviewed change.`;
};

export function effectOfDecision(state: string, subject: ChangeSubject): string {
  if (state === "superseded") return "The agent no longer stands where this was asked from, so it ended undecided.";
  if (state === "expired") return `Nobody decided in time; nobody said no. ${stays(subject)}`;
  if (state !== "approved") return stays(subject);
  switch (subject.kind) {
    case "version":
      if (subject.rollout === "open") return `Version ${subject.toNumber} is approved and being rolled out; version ${subject.fromNumber} is still current.`;
      if (subject.rollout === "ended") return `Its rollout ended before version ${subject.toNumber} became current, so version ${subject.fromNumber} stayed.`;
      return subject.fromNumber === null ? `Version ${subject.toNumber} became current.` : `Version ${subject.toNumber} became current in place of ${subject.fromNumber}.`;
    case "stage":
      return `The agent was raised to the stage ${subject.proposedStage ?? "unknown"}.`;
    case "tier":
      return `The agent was put in tier ${subject.proposedTier ?? "unknown"}.`;
    default:
      return "The re-review policy changed.";
  }
}
