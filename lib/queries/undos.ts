// How far is a reversal, and what would one reach?

import type { Prisma } from "../../generated/prisma/client.ts";
import { prisma } from "../database/database.ts";
import { isStarterStanding } from "../database/undo-starter.ts";
import { undoTargets, type UndoScope } from "../database/undo-targets.ts";
import { namingWhomToAsk } from "../database/whom-to-ask.ts";
import { agentCardSchema } from "../domain/agent-card.ts";
import { effectSentence } from "../domain/effect-sentence.ts";
import { may, type Answer } from "../domain/permissions.ts";
import { mayApproveUndo, type AskedReversal, type ReversalApprover } from "../domain/reversal-approval.ts";
import type { PersonActor } from "../domain/roles.ts";
import { planUndo } from "../domain/undo-plan.ts";
import { reversibilityOf } from "./action.ts";
import { amountOfRow } from "./actions.ts";

const ACTION = { id: true, tool: true, input: true, amountMinor: true, currency: true, state: true, compensation: true, reversibleUntil: true, conversationId: true } as const satisfies Prisma.ActionSelect;

const fields = {
  id: true, agentId: true, scope: true, target: true, since: true, reason: true, state: true, startedBy: true, startedByName: true, startedAt: true, approverRole: true, approvedBy: true, approvedAt: true, endedAt: true,
  steps: {
    orderBy: { position: "asc" }, take: 1_000,
    select: { id: true, position: true, state: true, kind: true, attempts: true, nextAttemptAt: true, error: true, doneBy: true, endedAt: true, action: { select: ACTION } },
  },
} as const satisfies Prisma.UndoSelect;

type StoredUndo = Prisma.UndoGetPayload<{ select: typeof fields }>;
type StoredStep = StoredUndo["steps"][number];

export interface UndoStepView extends Omit<StoredStep, "action"> {
  actionId: string;
  effect: string;
  instructions: string | null;
  owner: string | null;
  /** The instructions are the agent's own words, which nobody reviewed. */
  isOfAgent: boolean;
}

export interface UndoView {
  undo: Omit<StoredUndo, "steps">;
  steps: UndoStepView[];
  approve: Answer;
  byHand: Answer;
  pulse: UndoPulse;
}

export interface UndoPulse {
  state: string;
  events: number;
}

const pulseOfUndo = (state: string, steps: readonly { state: string; attempts: number }[]): UndoPulse =>
  ({ state, events: steps.reduce((sum, step) => sum + step.attempts + (step.state === "waiting" ? 0 : 1), 0) });

function asStep({ action, ...step }: StoredStep): UndoStepView {
  const { instructions, owner, isOfAgent } = reversibilityOf(action);
  return { ...step, actionId: action.id, effect: effectSentence({ tool: action.tool, input: action.input, amount: amountOfRow(action) }), instructions, owner, isOfAgent };
}

/** `null`: there is no such reversal. */
export async function findUndo(undoId: string, actor: PersonActor, now: Date): Promise<UndoView | null> {
  const stored = await prisma().undo.findUnique({ where: { id: undoId }, select: fields });
  if (!stored) return null;
  const { steps, ...undo } = stored;
  const asked = { ...undo, isStarterStanding: await isStarterStanding(prisma(), undo, now) };
  const answers = await namingWhomToAsk({ actor }, undo.agentId, (person) => answersAbout(asked, person.actor), now);
  return { undo, steps: steps.map(asStep), ...answers, pulse: pulseOfUndo(undo.state, steps) };
}

function answersAbout(undo: AskedReversal & { state: string }, actor: PersonActor): { byHand: Answer; approve: Answer } {
  const mayUndo = may(actor, "action:undo", undo.agentId);
  return { byHand: mayUndo, approve: mayUndo.ok ? approveAnswer(undo, actor) : mayUndo };
}

function approveAnswer(undo: AskedReversal & { state: string }, actor: PersonActor): Answer {
  return undo.state === "waiting" ? mayApproveUndo(undo, actor) : { ok: false, reason: "It waits for nobody." };
}

export async function getUndoPulse(undoId: string): Promise<UndoPulse | null> {
  const undo = await prisma().undo.findUnique({ where: { id: undoId }, select: { state: true, steps: { select: { state: true, attempts: true } } } });
  return undo && pulseOfUndo(undo.state, undo.steps);
}

export interface UndoPreview {
  actions: number;
  /** By themselves. */
  reversible: number;
  byHand: number;
  notReversible: number;
  /** The first moment after which less can be taken back. */
  firstEnd: string | null;
  /** By currency, in minor units as text: what can be taken back, and what cannot. */
  amounts: { currency: string; minor: string; lostMinor: string }[];
  needsSecondPerson: boolean;
  /** The owner who has to be one of the two. */
  approver: ReversalApprover | null;
  isCut: boolean;
}

/** More are not taken back at once. */
const MOST = 1_000;

export async function previewUndo(scope: UndoScope, now: Date): Promise<UndoPreview> {
  const agent = await prisma().agent.findUnique({ where: { id: scope.agentId }, select: { card: true } });
  const rule = agentCardSchema.parse(agent?.card ?? {}).reversal;
  const found = await prisma().action.findMany({
    where: { AND: [undoTargets(scope), ...(scope.scope === "action" ? [{ state: "committed" }] : [])] }, orderBy: { preparedAt: "desc" }, take: MOST + 1,
    select: { id: true, state: true, effect: true, conversationId: true, startedAt: true, compensation: true, reversibleUntil: true, amountMinor: true, currency: true },
  });
  const plan = planUndo(found.slice(0, MOST).map((action) => ({ ...action, input: null })), rule, now);
  return {
    actions: plan.steps.length, reversible: plan.automatic, byHand: plan.byHand, notReversible: plan.notReversible, firstEnd: plan.firstEnd?.toISOString() ?? null,
    amounts: plan.amounts.map(({ currency, minor, lostMinor }) => ({ currency, minor: String(minor), lostMinor: String(lostMinor) })), needsSecondPerson: plan.needsSecondPerson, approver: rule.approver, isCut: found.length > MOST,
  };
}

export interface UndoRow {
  id: string;
  agentId: string;
  scope: string;
  reason: string;
  state: string;
  startedByName: string;
  startedAt: string;
  steps: number;
}

const PER_PAGE = 50;

/** Open ones first, then the newest. */
export async function listUndos(): Promise<UndoRow[]> {
  const select = { id: true, agentId: true, scope: true, reason: true, state: true, startedByName: true, startedAt: true, _count: { select: { steps: true } } } as const;
  const [open, over] = await Promise.all([
    prisma().undo.findMany({ where: { state: { in: ["waiting", "running"] } }, orderBy: { startedAt: "desc" }, take: PER_PAGE, select }),
    prisma().undo.findMany({ where: { state: { notIn: ["waiting", "running"] } }, orderBy: { startedAt: "desc" }, take: PER_PAGE, select }),
  ]);
  return [...open, ...over].map(({ _count, startedAt, ...row }) => ({ ...row, startedAt: startedAt.toISOString(), steps: _count.steps }));
}
