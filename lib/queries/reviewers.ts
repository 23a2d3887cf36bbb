// Who may approve this change, who has, and who may not and why?

import { prisma } from "../database/database.ts";
import { approvalAnswer, type ChangeForReview } from "../domain/review-status.ts";
import { OWNER_ROLES, ROLE_NAMES, type OwnerRole, type PersonActor, type Role } from "../domain/roles.ts";
import { rolesHeld } from "../domain/roles-held.ts";
import { formatDay } from "../format.ts";

export interface Reviewer {
  personId: string;
  name: string;
  isYou: boolean;
  /** What the person is here: "Business owner", "Technical owner, deputy until 24 Nov 2026", "Author". */
  as: string;
  roles: Role[];
  answer: { kind: "approved" | "rejected"; at: Date } | { kind: "yes" } | { kind: "no"; reason: string };
}

interface Held {
  name: string;
  roles: Map<OwnerRole, Date | null>;
}

async function ownersOf(agentId: string | null, now: Date): Promise<Map<string, Held>> {
  const rows = await prisma().agentOwner.findMany({
    where: { ...(agentId === null ? {} : { agentId }), person: { disabledAt: null }, OR: [{ isDeputy: false }, { deputyUntil: { gt: now } }] },
    select: { personId: true, role: true, isDeputy: true, deputyUntil: true, person: { select: { name: true } } }, take: 2_000,
  });
  const owners = new Map<string, Held>();
  for (const { personId, role, isDeputy, deputyUntil, person } of rows) {
    const known = OWNER_ROLES.find((each) => each === role);
    if (!known) continue;
    const held = owners.get(personId) ?? { name: person.name, roles: new Map<OwnerRole, Date | null>() };
    if (!isDeputy || !held.roles.has(known)) held.roles.set(known, isDeputy ? deputyUntil : null);
    owners.set(personId, held);
  }
  return owners;
}

function describe(held: Held | undefined, isAuthor: boolean, roles: readonly Role[]): string {
  const owned = OWNER_ROLES.flatMap((role) => {
    if (!held?.roles.has(role)) return [];
    const until = held.roles.get(role);
    return [until ? `${ROLE_NAMES[role]}, deputy until ${formatDay(until)}` : ROLE_NAMES[role]];
  });
  const names = owned.length > 0 ? owned : roles.map((role) => ROLE_NAMES[role]);
  return [...(isAuthor ? ["Author"] : []), ...names].join(", ") || "No role here";
}

/** For a house matter every owner counts; so many are not listed one by one. */
const LISTED = 12;
const RANK = { approved: 0, rejected: 0, yes: 1, no: 2 } as const;

/** Owners of the agent, whoever reviewed, the authors, and the person who looks. */
export async function listReviewers(
  change: { agentId: string | null }, review: ChangeForReview, actor: PersonActor, now: Date,
): Promise<Reviewer[]> {
  const owners = await ownersOf(change.agentId, now);
  const names = new Map<string, string>([...owners].map(([id, { name }]) => [id, name]));
  for (const { personId, personName } of review.approvals) names.set(personId, personName);
  for (const { id, name } of await prisma().person.findMany({ where: { id: { in: [...review.authorIds] } }, select: { id: true, name: true } })) names.set(id, name);
  names.set(actor.id, actor.name);
  const rows = [...names].map(([personId, name]): Reviewer => {
    const isYou = personId === actor.id;
    const held = owners.get(personId);
    const isAuthor = review.authorIds.includes(personId);
    const roles: Role[] = isYou ? rolesHeld(actor, change.agentId) : [...(held?.roles.keys() ?? [])];
    const given = review.approvals.find((each) => each.personId === personId && !each.voided && each.fingerprint === review.fingerprint);
    const answer = approvalAnswer({ personId, roles }, { ...review, state: "open" }, new Date(Math.min(now.getTime(), review.expiresAt.getTime() - 1)));
    return {
      personId, name, isYou, roles, as: describe(held, isAuthor, isYou ? actor.roles : []),
      answer: given ? { kind: given.decision === "approve" ? "approved" : "rejected", at: given.at } : answer.ok ? { kind: "yes" } : { kind: "no", reason: shortReason(isAuthor, roles) },
    };
  });
  return rows.toSorted((a, b) => RANK[a.answer.kind] - RANK[b.answer.kind] || Number(b.isYou) - Number(a.isYou) || a.name.localeCompare(b.name, "en")).slice(0, LISTED);
}

function shortReason(isAuthor: boolean, roles: readonly Role[]): string {
  if (isAuthor) return "proposed it, or made its key";
  return OWNER_ROLES.some((role) => roles.includes(role)) ? "not asked" : "not an owner";
}

/** Whose approval would count, by the role that a review asks for. */
export function holdersByRole(reviewers: readonly Reviewer[]): Record<OwnerRole | "any_reviewer", string[]> {
  const able = reviewers.filter(({ answer }) => answer.kind === "yes");
  const holding = (role: OwnerRole): string[] => able.filter(({ roles }) => roles.includes(role)).map(({ name }) => name);
  return { business_owner: holding("business_owner"), technical_owner: holding("technical_owner"), model_steward: holding("model_steward"), any_reviewer: able.map(({ name }) => name) };
}
