// Which actions wait for a person, and which of them could this person decide?

import { prisma } from "../database/database.ts";
import { makersOf } from "../database/key-makers.ts";
import { approverAnswer } from "../domain/action-approver.ts";
import { askWords, readAsks } from "../domain/approval-ask.ts";
import { effectSentence } from "../domain/effect-sentence.ts";
import { may } from "../domain/permissions.ts";
import { rolesHeld } from "../domain/roles-held.ts";
import type { PersonActor } from "../domain/roles.ts";
import { paths } from "../paths.ts";
import { amountOfRow, readInputs } from "./actions.ts";

export interface ActionRequest {
  key: string;
  kind: "action";
  href: string;
  word: string;
  mark: "warning" | "waiting";
  sentence: string;
  agentId: string;
  since: string;
  expiresAt: string;
  detail: string | null;
  /** Waits for this person. */
  isMine: boolean;
  next: string;
}

/** Far above what a house can have open at one time: each waits for minutes. */
const READ = 1_000;

/** What cannot be undone is drawn, and stands, before the rest. */
export const markOfAction = (effect: string): ActionRequest["mark"] => (effect === "irreversible" ? "warning" : "waiting");

/** Soonest over first. `isMineOnly`: for counting, without what each would do. */
export async function listActionRequests(actor: PersonActor, isMineOnly: boolean, now: Date): Promise<ActionRequest[]> {
  const agents = may(actor, "action:approve", null).ok || !isMineOnly ? {} : { agentId: { in: Object.keys(actor.owns) } };
  const actions = await prisma().action.findMany({
    where: { state: "held", expiresAt: { gt: now }, ...agents }, orderBy: [{ expiresAt: "asc" }, { id: "asc" }], take: READ,
    select: {
      id: true, agentId: true, versionId: true, tool: true, effect: true, state: true, amountMinor: true, currency: true, preparedAt: true, preparedBy: true, expiresAt: true, asks: true, approvers: true,
      approvalsNeeded: true, onBehalfOf: true, inputDigest: true, question: true, answer: true, reviews: { where: { voidedAt: null }, select: { personId: true, verdict: true, inputDigest: true } },
    },
  });
  if (actions.length === 0) return [];
  const agentIds = [...new Set(actions.map(({ agentId }) => agentId))];
  const [person, makers, running, inputs] = await Promise.all([
    prisma().person.findUnique({ where: { id: actor.id }, select: { email: true } }),
    makersOf(prisma(), actions.map(({ preparedBy }) => preparedBy)),
    prisma().agent.findMany({ where: { id: { in: agentIds } }, select: { id: true, currentVersionId: true } }),
    isMineOnly ? new Map<string, unknown>() : readInputs(actions.map(({ id }) => id)),
  ]);
  const versions = new Map(running.map(({ id, currentVersionId }) => [id, currentVersionId]));
  return actions.map((action) => {
    const { id, agentId, tool, approvers, approvalsNeeded, reviews } = action;
    const asks = readAsks(action.asks);
    const approver = { id: actor.id, email: person?.email ?? actor.id, roles: rolesHeld(actor, agentId) };
    const isMine = may(actor, "action:approve", agentId).ok && versions.get(agentId) === action.versionId && approverAnswer(approver, { ...action, asks, keyMakerIds: makers.get(action.preparedBy) ?? [] }, now).ok;
    const approvals = reviews.filter(({ verdict, inputDigest }) => verdict === "approve" && inputDigest === action.inputDigest).length;
    return {
      key: id, kind: "action", href: paths.action(id), word: action.effect === "irreversible" ? "Irreversible action" : "Action", mark: markOfAction(action.effect),
      sentence: effectSentence({ tool, input: inputs.get(id) ?? null, amount: amountOfRow(action) }), agentId, since: action.preparedAt.toISOString(), expiresAt: action.expiresAt.toISOString(),
      detail: [
        ...(approvalsNeeded > 1 ? [`${approvals} of ${approvalsNeeded} approvals`] : []), ...(approvers.length > 0 ? [`asks ${askWords(asks)}`] : []),
        ...(action.question !== null ? [action.answer === null ? "a question waits for the agent" : "the agent answered"] : []),
      ].join(", ") || null,
      isMine, next: isMine ? "Approve or reject" : "Look",
    };
  });
}
