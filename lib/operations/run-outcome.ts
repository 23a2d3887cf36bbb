// What can be said about a run afterwards? Its outcome, by somebody or some system that learned it later.

import { z } from "zod";
import type { Transaction } from "../database/database.ts";
import type { RecordReference } from "../domain/agent-span.ts";
import { OUTCOMES } from "../domain/outcome.ts";
import type { Actor } from "../domain/roles.ts";
import { Conflict, NotFound } from "../errors.ts";
import { noteCorrectionOf } from "./note-corrections.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";

export const outcomeSchema = z.object({
  outcome: z.enum(OUTCOMES),
  isEscalated: z.boolean().optional().describe("The run was handed to a person."),
  isIntervened: z.boolean().optional().describe("A person stepped in."),
  hasEscapedViolation: z.boolean().optional().describe("It did what must never be done, and no control prevented it. A version that is being rolled out is rolled back for it at once."),
  record: z.object({ type: z.string().trim().min(1).max(200), id: z.string().trim().min(1).max(200) }).optional().describe("The business record it was about, for instance a ticket."),
  comment: z.string().trim().max(2_000).optional(),
  agent: z.string().optional().describe("Needed only when a conversation id is used by several agents."),
});

interface OutcomeInput extends z.infer<typeof outcomeSchema> {
  /** Holdpoint's id of the run, or the conversation id or trace id under which the agent knows it. */
  run: string;
  /** Whose runs are looked at; `*` for all. */
  amongAgents: readonly string[];
}

const MOST_RECORDS = 20;

async function findRun(tx: Transaction, { run, agent, amongAgents }: OutcomeInput): Promise<{ id: string; agentId: string }> {
  const isAll = amongAgents.includes("*");
  const found = await tx.$queryRaw<{ id: string; agentId: string }[]>`
    SELECT id, agent_id AS "agentId" FROM (
      SELECT id, agent_id FROM run WHERE id = ${run}
      UNION SELECT r.id, r.agent_id FROM agent a JOIN run r ON r.agent_id = a.id AND r.conversation_id = ${run}
      UNION SELECT t.run_id, t.agent_id FROM agent a JOIN trace t ON t.agent_id = a.id AND t.trace_id = ${run.toLowerCase()}
    ) AS found WHERE (${isAll} OR agent_id = ANY(${amongAgents})) AND (${agent ?? null}::text IS NULL OR agent_id = ${agent ?? null}) LIMIT 2`;
  const [first, second] = found;
  if (!first) throw new NotFound("There is no such run. Its telemetry may not have arrived yet; try again in a moment.");
  if (second) throw new Conflict("Several runs are known under this id. Name the agent, or use Holdpoint's id of the run.");
  return first;
}

/** Saying the same again changes nothing; another outcome replaces the one before, and the log keeps both. */
const record = operation({
  kind: "run.outcome_recorded",
  needs: "outcome:record",
  agentOf: async (tx, input: OutcomeInput) => (await findRun(tx, input)).agentId,
  run: async ({ tx, now }: Context, input: OutcomeInput) => {
    const { id, agentId } = await findRun(tx, input);
    await tx.$executeRaw`SELECT 1 FROM run WHERE id = ${id} FOR UPDATE`;
    const before = await tx.run.findUnique({
      where: { id }, select: { outcome: true, outcomeSource: true, isEscalated: true, isIntervened: true, hasEscapedViolation: true, records: true, startedAt: true },
    });
    if (!before) throw new NotFound("This run was just merged into another of the same conversation; try again.");
    const records = withRecord(before.records as unknown as RecordReference[], input.record);
    const after = {
      outcome: input.outcome, outcomeSource: "reported", isEscalated: input.isEscalated ?? before.isEscalated, isIntervened: input.isIntervened ?? before.isIntervened,
      hasEscapedViolation: input.hasEscapedViolation ?? before.hasEscapedViolation,
    };
    const isSame = before.outcome === after.outcome && before.outcomeSource === "reported" && before.isEscalated === after.isEscalated && before.isIntervened === after.isIntervened
      && before.hasEscapedViolation === after.hasEscapedViolation;
    const result = { runId: id, agentId, outcome: input.outcome };
    if (isSame && records.length === (before.records as unknown[]).length) return { result, evidence: NOTHING_CHANGED };
    await tx.run.update({ where: { id }, data: { ...after, outcomeAt: now, updatedAt: now, records: records as never } });
    if (before.outcome !== after.outcome || before.isEscalated !== after.isEscalated) await noteCorrectionOf(tx, id);
    await tx.$executeRaw`INSERT INTO rollup_due (agent_id, hour, due_at) VALUES (${agentId}, date_trunc('hour', ${before.startedAt}::timestamptz, 'UTC'), ${now}::timestamptz)
      ON CONFLICT (agent_id, hour) DO UPDATE SET due_at = EXCLUDED.due_at`;
    const detail = {
      outcome: after.outcome, isEscalated: after.isEscalated, isIntervened: after.isIntervened, hasEscapedViolation: after.hasEscapedViolation, record: input.record ?? null, comment: input.comment ?? null,
      before: { outcome: before.outcome, source: before.outcomeSource, isEscalated: before.isEscalated, isIntervened: before.isIntervened, hasEscapedViolation: before.hasEscapedViolation },
    };
    return { result, evidence: { subject: id, agentId, detail } };
  },
});

function withRecord(records: readonly RecordReference[], added: RecordReference | undefined): readonly RecordReference[] {
  const isKnown = added === undefined || records.some(({ type, id }) => type === added.type && id === added.id);
  return isKnown || records.length >= MOST_RECORDS ? records : [...records, added];
}

/** A key sees the runs of its own agents only: to it, every other run does not exist. */
export function recordOutcome(actor: Actor, run: string, outcome: z.infer<typeof outcomeSchema>, now?: Date) {
  return record(actor, { ...outcome, run, amongAgents: actor.kind === "key" ? actor.agentIds : ["*"] }, now);
}
