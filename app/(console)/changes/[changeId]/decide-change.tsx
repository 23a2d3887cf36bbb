// The decision about a change: what decides it while it is open, what decided it, and what the reader said of it.

import { DecideCard } from "@/components/changes/decide-card.tsx";
import { DecidedCard } from "@/components/changes/decided-card.tsx";
import { classWord, stateWord } from "@/lib/domain/change-words.ts";
import { effectOfApproval, effectOfDecision, type ChangeSubject } from "@/lib/domain/effect-of-change.ts";
import type { PersonActor } from "@/lib/domain/roles.ts";
import { isOpenRollout } from "@/lib/domain/rollout-state.ts";
import { paths } from "@/lib/paths.ts";
import type { ChangeView } from "@/lib/queries/change.ts";
import { findNextMine } from "@/lib/queries/inbox.ts";
import type { RolloutRow } from "@/lib/queries/rollouts.ts";
import { approveAction, rejectAction, withdrawAction } from "../actions.ts";

export const asksForCanary = ({ change, obligations }: ChangeView): boolean => change.fromVersion !== null && !change.isRetroactive && obligations.some(({ obligation }) => obligation.kind === "canary");

/** `cannotApprove`: why this person cannot now; null where they can. */
export function Decide({ view, rollout, shown, cannotApprove }: { view: ChangeView; rollout: RolloutRow | null; shown: string; cannotApprove: string | null }) {
  const { change } = view;
  const you = view.reviewers.find((reviewer) => reviewer.isYou);
  const mine = you?.roles ?? [];
  const stillMissing = view.obligations
    .filter(({ state, obligation }) => state !== "met" && state !== "afterwards" && !(obligation.kind === "review" && (obligation.role === "any_reviewer" || mine.includes(obligation.role))))
    .map(({ sentence }) => sentence);
  return (
    <DecideCard
      // Another proposal or decision starts the forms anew.
      key={`${change.revision} ${view.pulse.events}`}
      changeId={change.id} fingerprint={change.fingerprint} shown={shown} seen={view.pulse} cannotApprove={cannotApprove} hasApproved={you?.answer.kind === "approved"} stillMissing={stillMissing}
      reject={view.reject} withdraw={view.withdraw} effect={effectOfApproval(subjectOf(view, rollout))}
      editHref={view.edit.ok && change.kind === "version" && change.agentId !== null ? paths.registerVersion(change.agentId, { change: change.id }) : null}
      approveAction={approveAction} rejectAction={rejectAction} withdrawAction={withdrawAction}
    />
  );
}

export function Decided({ view, rollout }: { view: ChangeView; rollout: RolloutRow | null }) {
  const { change } = view;
  return (
    <DecidedCard
      state={change.state} by={change.decidedBy} at={change.decidedAt} reason={change.decidedReason} fingerprint={change.fingerprint}
      effect={effectOfDecision(change.state, subjectOf(view, rollout))} spotCheckedBy={change.spotCheckedBy} spotCheckedAt={change.spotCheckedAt}
    />
  );
}

const STATE_AFTER = { approve: "approved", reject: "rejected" } as const;

/** What this person decided about it, as far as it counts, and what comes next; null once the change ended in another way. */
export async function ownWord({ change, ownDecision }: ChangeView, actor: PersonActor, now: Date) {
  if (ownDecision === null) return { said: null, next: null, left: 0 };
  const isOpen = change.state === "open";
  if (!isOpen && change.state !== STATE_AFTER[ownDecision]) return null;
  const said = isOpen ? "Your approval counts" : stateWord(change.state).word;
  return { said, ...(await findNextMine(actor, { kind: "change", mark: classWord(change.class).mark, since: change.proposedAt.toISOString(), key: change.id }, now)) };
}

function stepOf(view: ChangeView, rollout: RolloutRow | null): NonNullable<ChangeSubject["rollout"]> {
  if (rollout === null) return asksForCanary(view) && view.change.state === "open" ? "asked" : "none";
  return isOpenRollout(rollout.state) ? "open" : rollout.state === "completed" ? "completed" : "ended";
}

function subjectOf(view: ChangeView, rollout: RolloutRow | null): ChangeSubject {
  const { change } = view;
  const proposal = (change.proposal ?? {}) as Record<string, unknown>;
  return {
    kind: change.kind, fromNumber: change.fromVersion?.number ?? null, toNumber: change.toVersion?.number ?? null, stageNow: change.agent?.stage ?? null,
    proposedStage: typeof proposal.stage === "string" ? proposal.stage : null, proposedTier: typeof proposal.tier === "number" ? proposal.tier : null,
    rollout: stepOf(view, rollout),
  };
}
