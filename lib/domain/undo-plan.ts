// What would taking this back do, in which order, and what of it cannot be taken back?

import type { ReversalRule } from "./agent-card.ts";
import { compensationHookSchema, type CompensationHook } from "./manifest.ts";
import { isJsonObject, own } from "./json-object.ts";
import { recordArguments } from "./unusual-call.ts";

export interface UndoableAction {
  id: string;
  state: string;
  conversationId: string;
  startedAt: Date | null;
  input: unknown;
  effect: string;
  compensation: unknown;
  reversibleUntil: Date | null;
  amountMinor: bigint | null;
  currency: string | null;
}

export interface PlannedStep {
  actionId: string;
  /** 0 is the newest action. */
  position: number;
  kind: CompensationHook["kind"];
  /** Why it is not taken back; null: it is. */
  skipped: string | null;
}

export interface UndoPlan {
  steps: PlannedStep[];
  /** By themselves, by a person, not at all. */
  automatic: number;
  byHand: number;
  notReversible: number;
  /** The first moment after which less can be taken back. */
  firstEnd: Date | null;
  /** Of what can be taken back, and of what cannot. */
  amounts: { currency: string; minor: bigint; lostMinor: bigint }[];
  needsSecondPerson: boolean;
}

/** Null: nothing stands behind the action, or nothing that is understood. */
export function hookOf(compensation: unknown): CompensationHook | null {
  const hook = isJsonObject(compensation) ? own(compensation, "hook") : null;
  return compensationHookSchema.safeParse(hook).data ?? null;
}

const beganMs = ({ startedAt }: Pick<UndoableAction, "startedAt">): number => startedAt?.getTime() ?? 0;

function whyNot(action: UndoableAction, hook: CompensationHook | null, now: Date): string | null {
  if (action.state === "started") return "It is under way, and its end is not known yet.";
  if (action.state === "expired" && action.startedAt !== null) return "It was begun and its end was never told: whether it happened is not known, so somebody has to look.";
  if (action.state !== "committed") return "It is not done, or is being taken back already.";
  if (hook === null) return "Nothing stands behind it that could take it back.";
  return action.reversibleUntil !== null && action.reversibleUntil <= now ? "The time in which it could be taken back is over." : null;
}

type Begun = Pick<OrderedStep, "actionId" | "startedAt">;

/** One order for all actions of an agent, so that no two reversals wait for each other. */
const newestFirst = (a: Begun, b: Begun): number => beganMs(b) - beganMs(a) || (a.actionId < b.actionId ? 1 : a.actionId > b.actionId ? -1 : 0);

/** Newest first. More than one action, or one that stays, takes a second person, and a single one where the card asks for it. */
export function planUndo(actions: readonly UndoableAction[], { secondPerson }: Pick<ReversalRule, "secondPerson">, now: Date): UndoPlan {
  const inOrder = actions.map((action) => ({ ...action, actionId: action.id })).toSorted(newestFirst);
  const steps = inOrder.map((action, position): PlannedStep => {
    const hook = hookOf(action.compensation);
    return { actionId: action.id, position, kind: hook?.kind ?? "manual", skipped: whyNot(action, hook, now) };
  });
  const isTaken = (step: PlannedStep): boolean => step.skipped === null;
  const sums = new Map<string, { minor: bigint; lostMinor: bigint }>();
  const ends: number[] = [];
  for (const [index, { amountMinor, currency, reversibleUntil }] of inOrder.entries()) {
    const taken = steps[index]?.skipped === null;
    if (taken && reversibleUntil !== null) ends.push(reversibleUntil.getTime());
    if (amountMinor === null || currency === null) continue;
    const sum = sums.get(currency) ?? { minor: 0n, lostMinor: 0n };
    sums.set(currency, taken ? { ...sum, minor: sum.minor + amountMinor } : { ...sum, lostMinor: sum.lostMinor + amountMinor });
  }
  const taken = steps.filter(isTaken);
  return {
    steps, automatic: taken.filter(({ kind }) => kind !== "manual").length, byHand: taken.filter(({ kind }) => kind === "manual").length, notReversible: steps.length - taken.length,
    firstEnd: ends.length === 0 ? null : new Date(Math.min(...ends)), amounts: [...sums].map(([currency, sum]) => ({ currency, ...sum })),
    needsSecondPerson: secondPerson === "every" || steps.length > 1 || taken.length < steps.length || actions.some(({ effect }) => effect === "irreversible"),
  };
}

export interface OrderedStep {
  actionId: string;
  startedAt: Date | null;
  state: string;
  conversationId: string;
  input: unknown;
}

const isOpen = ({ state }: OrderedStep): boolean => state === "waiting" || state === "running" || state === "by_hand";

/** What came later in the same conversation, or touched the same record, is taken back first, also where a person has to, and also where another reversal does it. */
export function isReady(step: OrderedStep, all: readonly OrderedStep[]): boolean {
  return !all.some((other) => newestFirst(other, step) < 0 && isOpen(other) && isRelated(step, other));
}

function isRelated(a: OrderedStep, b: OrderedStep): boolean {
  if (a.conversationId !== "" && a.conversationId === b.conversationId) return true;
  const records = new Set(recordArguments(a.input).map(({ name, value }) => JSON.stringify([name, value])));
  return recordArguments(b.input).some(({ name, value }) => records.has(JSON.stringify([name, value])));
}

/** Waits before the second to the sixth attempt; after the sixth a person does it. */
const BACKOFF_MS = [1_000, 5_000, 30_000, 120_000, 600_000] as const;

/** Null: it was tried often enough. `attempts` counts those that were made. */
export const backoffMs = (attempts: number): number | null => BACKOFF_MS[attempts - 1] ?? null;
