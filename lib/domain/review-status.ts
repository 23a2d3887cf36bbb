// May this change take effect yet, and who may still say yes?

import { IS_AUTHOR } from "./change-authors.ts";
import { reviewRoleName } from "./obligation-word.ts";
import { listed } from "./quote.ts";
import type { Obligation, ReviewRole, Suite } from "./review-policy.ts";
import { SUITE_NAMES } from "./review-policy.ts";
import { OWNER_ROLES, type Role } from "./roles.ts";

export interface ReviewRecord {
  personId: string;
  personName: string;
  roles: readonly Role[];
  decision: "approve" | "reject";
  fingerprint: string;
  voided: boolean;
  at: Date;
}

export interface SuiteRecord {
  suite: Suite;
  fingerprint: string;
  passed: number;
  failed: number;
  undecided: number;
  /** Where its run is shown, as whoever recorded it said. */
  url?: string | null;
  at: Date;
}

export interface ChangeForReview {
  state: string;
  authorIds: readonly string[];
  fingerprint: string;
  expiresAt: Date;
  obligations: readonly Obligation[];
  approvals: readonly ReviewRecord[];
  suiteResults: readonly SuiteRecord[];
}

/** "Cannot tell" and "not run" are states of their own; both block like a failure. What comes after the approval does not block it. */
export type ObligationState = "met" | "waiting" | "failed" | "cannot_tell" | "not_run" | "afterwards";

export interface ObligationStatus {
  obligation: Obligation;
  state: ObligationState;
  by: string | null;
  at: Date | null;
  sentence: string;
  /** Of a suite, where its run is shown. */
  url: string | null;
}

export interface ReviewStatus {
  /** `approvable`: everything is met. Closed changes keep their own word. */
  state: "open" | "approvable" | "expired" | "closed";
  obligations: ObligationStatus[];
  /** Sentences, one for each thing that is missing. */
  blockers: string[];
}

const fulfils = (roles: readonly Role[], role: ReviewRole): boolean =>
  role === "any_reviewer" ? OWNER_ROLES.some((owner) => roles.includes(owner)) : roles.includes(role);

/** An author's own word, a word on another fingerprint, a void one, and that of somebody who owns nothing here do not count. */
const counting = (change: ChangeForReview): ReviewRecord[] =>
  change.approvals.filter((review) => review.decision === "approve" && !review.voided && review.fingerprint === change.fingerprint && !change.authorIds.includes(review.personId) && fulfils(review.roles, "any_reviewer"));

const rolesAsked = (change: ChangeForReview): ReviewRole[] => change.obligations.flatMap((obligation) => (obligation.kind === "review" ? [obligation.role] : []));

/**
 * Which approval meets which of the roles, by the role's place in the list: a role that is asked twice needs two people. Four eyes within the review, too: each role needs a person of its own, because somebody who is
 * both business and technical owner would otherwise decide alone. Finds the assignment that meets most roles (augmenting paths,
 * Kuhn 1955).
 */
function assign(roles: readonly ReviewRole[], approvals: readonly ReviewRecord[]): (ReviewRecord | undefined)[] {
  const placeOf = new Map<string, { place: number; approval: ReviewRecord }>();
  const fill = (place: number, role: ReviewRole | undefined, tried: Set<string>): boolean => {
    for (const approval of approvals) {
      if (role === undefined || tried.has(approval.personId) || !fulfils(approval.roles, role)) continue;
      tried.add(approval.personId);
      const taken = placeOf.get(approval.personId);
      if (taken === undefined || fill(taken.place, roles[taken.place], tried)) {
        placeOf.set(approval.personId, { place, approval });
        return true;
      }
    }
    return false;
  };
  for (const [place, role] of roles.entries()) fill(place, role, new Set());
  const assigned: (ReviewRecord | undefined)[] = roles.map(() => undefined);
  for (const { place, approval } of placeOf.values()) assigned[place] = approval;
  return assigned;
}

function suiteStatus(obligation: Extract<Obligation, { kind: "suite" }>, change: ChangeForReview): ObligationStatus {
  const name = SUITE_NAMES[obligation.suite];
  const latest = change.suiteResults
    .filter((result) => result.suite === obligation.suite && result.fingerprint === change.fingerprint)
    // Of two in the same millisecond the worse one counts.
    .toSorted((a, b) => b.at.getTime() - a.at.getTime() || b.failed - a.failed || b.undecided - a.undecided || a.passed - b.passed)[0];
  if (!latest) return { obligation, state: "not_run", by: null, at: null, url: null, sentence: `${name} has not run on this fingerprint.` };
  const { passed, failed, undecided, url = null, at } = latest;
  const total = passed + failed + undecided;
  const status = (state: ObligationState, sentence: string): ObligationStatus => ({ obligation, state, by: null, at, url, sentence });
  if (failed > 0) return status("failed", `${name}: ${failed} of ${total} cases fail.`);
  if (undecided > 0) return status("cannot_tell", `${name}: ${passed} of ${total} pass, ${undecided} need a person's verdict. A gate that cannot tell does not open.`);
  if (passed === 0) return status("not_run", `${name} ran no case.`);
  return status("met", `${name}: ${passed} of ${total} pass.`);
}

export function reviewStatus(change: ChangeForReview, now: Date): ReviewStatus {
  const approvals = counting(change);
  const assigned = assign(rolesAsked(change), approvals).values();
  const obligations = change.obligations.map((obligation): ObligationStatus => {
    if (obligation.kind === "suite") return suiteStatus(obligation, change);
    if (obligation.kind === "canary") return { obligation, state: "afterwards", by: null, at: null, url: null, sentence: `Once approved, it reaches production in stages, from ${obligation.from} on.` };
    const approval = assigned.next().value;
    const name = reviewRoleName(obligation.role);
    return approval
      ? { obligation, state: "met", by: approval.personName, at: approval.at, url: null, sentence: `${name}: approved by ${approval.personName}.` }
      : { obligation, state: "waiting", by: null, at: null, url: null, sentence: `${name} has not approved.` };
  });
  // A change without any review obligation still needs one person's yes, or nobody would ever have decided.
  const isUndecided = approvals.length === 0 && !change.obligations.some((obligation) => obligation.kind === "review");
  const missing = obligations.filter((status) => status.state !== "met" && status.state !== "afterwards").map((status) => status.sentence);
  const blockers = isUndecided ? [`${reviewRoleName("any_reviewer")} has not approved.`, ...missing] : missing;
  if (change.state !== "open") return { state: "closed", obligations, blockers };
  if (change.expiresAt <= now) return { state: "expired", obligations, blockers: ["The time to decide is over.", ...blockers] };
  return { state: blockers.length === 0 ? "approvable" : "open", obligations, blockers };
}

export type ApprovalAnswer = { ok: true; roles: ReviewRole[] } | { ok: false; reason: string };

/** Whether this person's approval would count now, and for which of the roles that are asked. */
export function approvalAnswer(person: { personId: string; roles: readonly Role[] }, change: ChangeForReview, now: Date): ApprovalAnswer {
  if (change.state !== "open") return { ok: false, reason: `This change is ${change.state}.` };
  if (change.expiresAt <= now) return { ok: false, reason: "The time to decide is over." };
  if (change.authorIds.includes(person.personId)) return { ok: false, reason: `${IS_AUTHOR}; somebody else decides.` };
  if (change.approvals.some((review) => review.personId === person.personId && !review.voided && review.fingerprint === change.fingerprint)) {
    return { ok: false, reason: "You have decided already." };
  }
  const asked = rolesAsked(change);
  const held = asked.filter((role) => fulfils(person.roles, role));
  if (held.length > 0) return { ok: true, roles: held };
  if (asked.length === 0) {
    return fulfils(person.roles, "any_reviewer") ? { ok: true, roles: ["any_reviewer"] } : { ok: false, reason: "Only one of the agent's owners may approve." };
  }
  return { ok: false, reason: `It needs ${listed(asked.map((role) => reviewRoleName(role).toLowerCase()))}; you hold none of these roles here.` };
}
