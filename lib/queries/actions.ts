// Which actions are there, and which of them wait for somebody?

import type { Prisma } from "../../generated/prisma/client.ts";
import { pool, prisma } from "../database/database.ts";
import { ACTION_STATES, isActionState, isOver } from "../domain/action-state.ts";
import { effectSentence } from "../domain/effect-sentence.ts";
import { formatMinor } from "../format.ts";

export const ACTIONS_PER_PAGE = 50;

export interface ActionFilter {
  /** A state, or "open" for all that are not over, or "all". */
  state: string;
  agent: string | null;
  tool: string | null;
}

export interface ActionRow {
  id: string;
  agentId: string;
  tool: string;
  /** What it does, as a sentence; names in it come from outside. */
  effect: string;
  state: string;
  isIrreversible: boolean;
  preparedAt: string;
  expiresAt: string;
  endedAt: string | null;
  approvals: number;
  approvalsNeeded: number;
  /** Made by Holdpoint, and decided: of one that waits a list does not know. */
  isSeeded: boolean;
}

export interface ActionPage {
  rows: ActionRow[];
  older: string | null;
}

export const OPEN_STATES = ACTION_STATES.filter((state) => !isOver(state) && state !== "committed");

function whereOf({ state, agent, tool }: ActionFilter): Prisma.ActionWhereInput {
  return {
    ...(state === "open" ? { state: { in: [...OPEN_STATES] } } : isActionState(state) ? { state } : {}),
    ...(agent ? { agentId: agent } : {}),
    ...(tool ? { tool } : {}),
  };
}

/** What waits is read by when its time is over, the rest by when it was asked; the cursor is that moment and the id. */
type Order = { column: "expiresAt"; direction: "asc" } | { column: "preparedAt"; direction: "desc" };

const orderOf = (filter: ActionFilter): Order => (filter.state === "held" ? { column: "expiresAt", direction: "asc" } : { column: "preparedAt", direction: "desc" });

function afterCursor(cursor: string | null, { column, direction }: Order): Prisma.ActionWhereInput {
  const [time, id] = (cursor ?? "").split("_ac_");
  const at = new Date(Number(time));
  if (!time || !id || Number.isNaN(at.getTime())) return {};
  const beyond = direction === "asc" ? "gt" : "lt";
  return { OR: [{ [column]: { [beyond]: at } }, { [column]: at, id: { [beyond]: `ac_${id}` } }] };
}

const ROW = {
  id: true, agentId: true, tool: true, effect: true, state: true, amountMinor: true, currency: true, preparedAt: true, expiresAt: true, endedAt: true, decidedAt: true,
  approvalsNeeded: true, inputDigest: true, isSeeded: true, reviews: { where: { voidedAt: null }, select: { verdict: true, inputDigest: true } },
} as const satisfies Prisma.ActionSelect;

type StoredRow = Prisma.ActionGetPayload<{ select: typeof ROW }>;

/** For a list the arguments are read only where they are short enough to say something in one line. */
const MAX_INPUT_CHARACTERS = 16_384;

export async function readInputs(ids: readonly string[]): Promise<Map<string, unknown>> {
  if (ids.length === 0) return new Map();
  const { rows } = await pool().query<{ id: string; input: unknown }>("SELECT id, input FROM action WHERE id = ANY($1) AND length(input::text) <= $2", [ids, MAX_INPUT_CHARACTERS]);
  return new Map(rows.map(({ id, input }) => [id, input]));
}

export const amountOfRow = ({ amountMinor, currency }: { amountMinor: bigint | null; currency: string | null }): string | null => (amountMinor === null || currency === null ? null : formatMinor(amountMinor, currency));

const asRow = (row: StoredRow, input: unknown): ActionRow => ({
  id: row.id, agentId: row.agentId, tool: row.tool, state: row.state, isIrreversible: row.effect === "irreversible",
  effect: effectSentence({ tool: row.tool, input, amount: amountOfRow(row) }),
  preparedAt: row.preparedAt.toISOString(), expiresAt: row.expiresAt.toISOString(),
  endedAt: (row.endedAt ?? row.decidedAt)?.toISOString() ?? null,
  approvals: row.reviews.filter((review) => review.verdict === "approve" && review.inputDigest === row.inputDigest).length, approvalsNeeded: row.approvalsNeeded,
  isSeeded: row.isSeeded && row.state !== "held",
});

/** What waits: soonest over first; everything else: newest first. */
export async function listActions(filter: ActionFilter, cursor: string | null): Promise<ActionPage> {
  const order = orderOf(filter);
  const rows = await prisma().action.findMany({
    where: { AND: [whereOf(filter), afterCursor(cursor, order)] }, orderBy: [{ [order.column]: order.direction }, { id: order.direction }], take: ACTIONS_PER_PAGE + 1, select: ROW,
  });
  const shown = rows.slice(0, ACTIONS_PER_PAGE);
  const last = shown.at(-1);
  const inputs = await readInputs(shown.map(({ id }) => id));
  return { rows: shown.map((row) => asRow(row, inputs.get(row.id) ?? null)), older: rows.length > shown.length && last ? `${last[order.column].getTime()}_${last.id}` : null };
}

export async function hasAnyAction(): Promise<boolean> {
  return (await prisma().action.findFirst({ select: { id: true } })) !== null;
}

export interface ActionPulse {
  /** What was read before does not tell what happened since. */
  readAt: string;
  state: string;
  inputDigest: string;
  expiresAt: string;
  /** Approvals, questions, answers and steps of a reversal so far. */
  events: number;
  decidedBy: string | null;
}

/** The same for the page as it was made and for what is asked again and again. */
export function pulseOf(action: {
  state: string; inputDigest: string; expiresAt: Date; question: string | null; answer: string | null; reviews: readonly { personName: string; verdict: string }[]; steps: readonly { attempts: number; state: string }[];
}, now: Date): ActionPulse {
  const stepEvents = action.steps.reduce((sum, { attempts, state }) => sum + 1 + attempts + (state === "waiting" ? 0 : 1), 0);
  return {
    readAt: now.toISOString(), state: action.state, inputDigest: action.inputDigest, expiresAt: action.expiresAt.toISOString(),
    events: action.reviews.length + stepEvents + (action.question === null ? 0 : 1) + (action.answer === null ? 0 : 1),
    decidedBy: action.reviews.filter(({ verdict }) => verdict !== "ask").at(-1)?.personName ?? null,
  };
}

/** `null`: there is no such action. */
export async function getActionPulse(actionId: string, now: Date): Promise<ActionPulse | null> {
  const action = await prisma().action.findUnique({
    where: { id: actionId },
    select: {
      state: true, inputDigest: true, expiresAt: true, question: true, answer: true, reviews: { orderBy: { at: "asc" }, select: { personName: true, verdict: true } },
      steps: { select: { attempts: true, state: true } },
    },
  });
  return action && pulseOf(action, now);
}
