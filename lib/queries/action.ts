// What does a person need to see of one action before deciding, and what may this person do about it?

import type { Prisma } from "../../generated/prisma/client.ts";
import { prisma } from "../database/database.ts";
import { makersOf } from "../database/key-makers.ts";
import { namingWhomToAsk } from "../database/whom-to-ask.ts";
import { approverAnswer } from "../domain/action-approver.ts";
import { approverWords, readAsks } from "../domain/approval-ask.ts";
import { effectSentence } from "../domain/effect-sentence.ts";
import { isJsonObject, own } from "../domain/json-object.ts";
import { may, type Answer } from "../domain/permissions.ts";
import { rolesHeld } from "../domain/roles-held.ts";
import type { PersonActor } from "../domain/roles.ts";
import { seedOutcome, type SeedOutcome } from "../domain/seed-request.ts";
import { hookOf } from "../domain/undo-plan.ts";
import { unusualSigns } from "../domain/unusual-call.ts";
import type { Asker } from "../domain/whom-to-ask.ts";
import { readHistory, readUsage, type Usage } from "./action-history.ts";
import { amountOfRow, pulseOf, type ActionPulse } from "./actions.ts";

const fields = {
  id: true, agentId: true, versionId: true, conversationId: true, toolCallId: true, tool: true, effect: true, input: true, inputDigest: true, askedInput: true, origin: true, state: true,
  onBehalfOf: true, justification: true, plan: true, confidence: true, amountMinor: true, currency: true, reason: true, sentence: true, policies: true, policyDigest: true, epoch: true,
  asks: true, approvers: true, approvalsNeeded: true, compensation: true, question: true, answer: true, preparedBy: true, preparedAt: true, expiresAt: true, decidedAt: true, dispatchAt: true,
  startedAt: true, endedAt: true, result: true, downstream: true, error: true, reversibleUntil: true, compensatedAt: true, stopId: true, isSeeded: true,
  reviews: { orderBy: [{ at: "asc" }, { id: "asc" }], select: { personId: true, personName: true, verdict: true, reason: true, inputDigest: true, at: true, voidedAt: true } },
  steps: {
    orderBy: { id: "asc" },
    select: {
      id: true, state: true, kind: true, attempts: true, nextAttemptAt: true, error: true, doneBy: true, endedAt: true,
      undo: { select: { id: true, scope: true, reason: true, state: true, startedByName: true, startedAt: true } },
    },
  },
} as const satisfies Prisma.ActionSelect;

type FoundAction = Prisma.ActionGetPayload<{ select: typeof fields }>;

/** Who made it is not among what is read of it: of a request that waits, a page must not know. */
export type StoredAction = Omit<FoundAction, "isSeeded">;

/** What can be done about the effect, before it happens and after. */
export interface Reversibility {
  kind: "automatic" | "by_hand" | "none";
  until: Date | null;
  /** So long after it happened, where `until` is not known yet. */
  withinHours: number | null;
  /** For `by_hand`: what to do, and who does it. */
  instructions: string | null;
  owner: string | null;
  /** The instructions are the agent's own words, which nobody reviewed. */
  isOfAgent: boolean;
}

export interface ActionView {
  action: StoredAction;
  effect: string;
  amount: string | null;
  isExpired: boolean;
  reversibility: Reversibility;
  unusual: string[];
  usage: Usage;
  tier: number | null;
  versionNumber: number | null;
  runId: string | null;
  decisionId: string | null;
  approvals: number;
  approve: Answer;
  reject: Answer;
  ask: Answer;
  extend: Answer;
  /** Until the agent is told. */
  takeBack: Answer;
  undo: Answer;
  byHand: Answer;
  pulse: ActionPulse;
  /** Null: the agent's own request, or one that still waits for a decision. */
  seeded: { outcome: SeedOutcome; why: string } | null;
}

/** What is not understood counts as something that cannot be taken back. */
export function reversibilityOf({ compensation, reversibleUntil }: Pick<StoredAction, "compensation" | "reversibleUntil">): Reversibility {
  const hook = hookOf(compensation);
  if (hook === null) return { kind: "none", until: null, withinHours: null, instructions: null, owner: null, isOfAgent: false };
  const hours = isJsonObject(compensation) ? own(compensation, "withinHours") : null;
  const window = { until: reversibleUntil, withinHours: typeof hours === "number" ? hours : null };
  if (hook.kind !== "manual") return { kind: "automatic", ...window, instructions: null, owner: null, isOfAgent: false };
  return { kind: "by_hand", ...window, instructions: hook.instructions, owner: ownerWords(hook.owner), isOfAgent: isJsonObject(compensation) && own(compensation, "by") === "agent" };
}

const ownerWords = (owner: string): string => (/^(?:role|person):/.test(owner) ? approverWords([owner]) : owner);

const no = (reason: string): Answer => ({ ok: false, reason });

/** What the answers to everybody come from. */
interface AskedAbout {
  action: StoredAction;
  reversibility: Reversibility;
  keyMakerIds: readonly string[];
  isOfCurrent: boolean;
  isExtended: boolean;
  now: Date;
}

/** What the operation asks beside it: whether the version that asked still runs. */
function approvalAnswer({ actor, email }: Asker, { action, keyMakerIds, isOfCurrent, now }: AskedAbout): Answer {
  const standing = action.reviews.filter(({ voidedAt }) => voidedAt === null);
  const answer = approverAnswer({ id: actor.id, email: email ?? actor.id, roles: rolesHeld(actor, action.agentId) }, { ...action, asks: readAsks(action.asks), reviews: standing, keyMakerIds }, now);
  if (!answer.ok) return answer;
  return isOfCurrent ? answer : no("Another version of the agent is current by now, so this call is no longer that of the agent that runs.");
}

async function allowances(actor: PersonActor, action: StoredAction, reversibility: Reversibility, now: Date) {
  const [person, makers, agent, extended] = await Promise.all([
    prisma().person.findUnique({ where: { id: actor.id }, select: { email: true } }),
    makersOf(prisma(), [action.preparedBy]),
    prisma().agent.findUnique({ where: { id: action.agentId }, select: { currentVersionId: true } }),
    action.state === "held" ? prisma().logEntry.findFirst({ where: { subject: action.id, kind: "action.extended" }, select: { index: true } }) : null,
  ]);
  const about = { action, reversibility, keyMakerIds: makers.get(action.preparedBy) ?? [], isOfCurrent: agent?.currentVersionId === action.versionId, isExtended: extended !== null, now };
  return namingWhomToAsk({ actor, ...(person && { email: person.email }) }, action.agentId, (asker) => answersAbout(asker, about), now);
}

function answersAbout(asker: Asker, about: AskedAbout) {
  const { action, reversibility, isExtended, now } = about;
  const { actor } = asker;
  const mayDecide = may(actor, "action:approve", action.agentId);
  const mayUndo = may(actor, "action:undo", action.agentId);
  const isOpen = action.state === "held" && action.expiresAt > now;
  const closed = no(action.state === "held" ? "Its time is over. Nobody decided, so nothing happens." : "It is decided already.");
  const whileOpen = !mayDecide.ok ? mayDecide : isOpen ? { ok: true as const } : closed;
  const isTold = action.state !== "approved" || action.dispatchAt === null || action.dispatchAt <= now;
  return {
    approve: mayDecide.ok ? approvalAnswer(asker, about) : mayDecide,
    reject: whileOpen, extend: isExtended ? no("It was extended once already.") : whileOpen,
    ask: !whileOpen.ok || action.question === null || action.answer !== null ? whileOpen : no("A question waits for the agent's answer."),
    takeBack: !mayDecide.ok ? mayDecide : isTold ? no("The agent may have been told already.") : { ok: true as const },
    undo: !mayUndo.ok ? mayUndo : undoAnswer(action, reversibility, now),
    byHand: mayUndo,
  };
}

function undoAnswer(action: StoredAction, { kind, until }: Reversibility, now: Date): Answer {
  if (action.state === "compensated") return no("It is taken back already.");
  if (action.state === "compensating" || action.state === "by_hand") return no("It is being taken back.");
  if (action.state !== "committed") return no("Nothing was done that could be taken back.");
  if (kind === "none") return no("Nothing stands behind it that could take it back.");
  return until !== null && until <= now ? no("The time in which it could be taken back is over.") : { ok: true };
}

async function surroundings(action: StoredAction) {
  const { agentId, versionId, conversationId } = action;
  const [agent, version, run, decision] = await Promise.all([
    prisma().agent.findUnique({ where: { id: agentId }, select: { tier: true } }),
    versionId === null ? null : prisma().agentVersion.findUnique({ where: { id: versionId }, select: { number: true } }),
    conversationId === "" ? null : prisma().run.findUnique({ where: { agentId_conversationId: { agentId, conversationId } }, select: { id: true } }),
    prisma().gateDecision.findFirst({ where: { actionId: action.id }, orderBy: { decidedAt: "desc" }, select: { id: true } }),
  ]);
  return { tier: agent?.tier ?? null, versionNumber: version?.number ?? null, runId: run?.id ?? null, decisionId: decision?.id ?? null };
}

/** Told as soon as it is over, and not before. */
async function seededOf(action: FoundAction): Promise<ActionView["seeded"]> {
  if (!action.isSeeded || action.state === "held") return null;
  const seed = await prisma().seededRequest.findUnique({ where: { actionId: action.id }, select: { faultyPath: true, why: true } });
  return { outcome: seedOutcome(action, seed?.faultyPath ?? []) ?? "ended", why: seed?.why ?? "" };
}

/** `null`: there is no such action. */
export async function findAction(actionId: string, actor: PersonActor, now: Date): Promise<ActionView | null> {
  const found = await prisma().action.findUnique({ where: { id: actionId }, select: fields });
  if (!found) return null;
  const { isSeeded: _, ...action } = found;
  const reversibility = reversibilityOf(action);
  const amount = amountOfRow(action);
  const [history, usage, around, answers, seeded] = await Promise.all([readHistory(action), readUsage(action, now), surroundings(action), allowances(actor, action, reversibility, now), seededOf(found)]);
  return {
    action, amount, reversibility, usage, seeded, ...around, ...answers,
    effect: effectSentence({ tool: action.tool, input: action.input, amount }),
    isExpired: action.state === "expired" || (action.state === "held" && action.expiresAt <= now),
    unusual: unusualSigns({ tool: action.tool, amountMinor: action.amountMinor }, history),
    approvals: action.reviews.filter(({ verdict, inputDigest, voidedAt }) => verdict === "approve" && inputDigest === action.inputDigest && voidedAt === null).length,
    pulse: pulseOf(action, now),
  };
}
