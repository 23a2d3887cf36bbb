// How many calls of a run were put to the gate, how many of them must its telemetry show, and which of those that failed were only refused?

import { Prisma } from "../../generated/prisma/client.ts";

/** `run`: what a row of the table `run` is called in the statement. */
export const askedCallsOf = (run: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(SELECT count(*)::int FROM gate_decision d WHERE d.agent_id = ${run}.agent_id AND d.conversation_id = ${run}.conversation_id)`;

/** Every action that was begun; of calls that were only permitted, which the agent may have left alone, one at least. */
export const performedCallsOf = (run: Prisma.Sql): Prisma.Sql => Prisma.sql`GREATEST(
  (SELECT count(*)::int FROM action b WHERE b.agent_id = ${run}.agent_id AND b.conversation_id = ${run}.conversation_id AND b.started_at IS NOT NULL),
  (EXISTS (SELECT FROM gate_decision d WHERE d.agent_id = ${run}.agent_id AND d.conversation_id = ${run}.conversation_id AND d.decision = 'permit'))::int)`;

const MICROSECOND = Prisma.sql`interval '1 microsecond'`;

const isWithin = (decision: Prisma.Sql): Prisma.Sql => Prisma.sql`${decision}.decided_at BETWEEN w.started_at AND w.started_at + w.duration_us * ${MICROSECOND}`;

/** Of the tool calls of the run that ended in an error, which are called `w`. */
const failed = (run: Prisma.Sql) => Prisma.sql`FROM span w WHERE w.run_id = ${run}.id AND w.kind = 'tool' AND w.status = 'error'`;

const SAYS_SO = Prisma.sql`(d.sentence <> '' AND position(d.sentence IN concat(w.error_message, w.output #>> '{}')) > 0)`;
const HAS_ITS_ID = Prisma.sql`(d.tool_call_id <> '' AND d.tool_call_id = w.tool_call_id)`;
const DECIDED_WITHIN = Prisma.sql`(${isWithin(Prisma.sql`d`)} AND NOT EXISTS (
  SELECT FROM gate_decision p WHERE p.agent_id = d.agent_id AND p.conversation_id = d.conversation_id AND p.tool = d.tool AND p.decision = 'permit' AND ${isWithin(Prisma.sql`p`)}))`;

const refusedAs = (run: Prisma.Sql, sign: Prisma.Sql) => Prisma.sql`EXISTS (
  SELECT FROM gate_decision d LEFT JOIN action b ON b.id = d.action_id
  WHERE d.agent_id = ${run}.agent_id AND d.conversation_id = ${run}.conversation_id AND d.tool = w.tool_name AND d.decision <> 'permit' AND b.started_at IS NULL AND ${sign})`;

/**
 * A call that the gate refused was not made: a tracer ends what throws, and an MCP gateway's no, as an error. A refusal is known by its sentence, by the
 * id of the call, or by its time: it was decided within the span, and nothing of that tool was permitted there. A hold that a person approved, and that
 * was begun, is none.
 */
const wasRefused = (run: Prisma.Sql) => refusedAs(run, Prisma.sql`(${SAYS_SO} OR ${HAS_ITS_ID} OR ${DECIDED_WITHIN})`);

/** Of a tool call `w` of the run, however it ended. One that ended well although the gate had refused its id was made all the same. */
export const wasNotMade = (run: Prisma.Sql): Prisma.Sql => Prisma.sql`(w.status NOT IN ('ok', 'error') OR ${refusedAs(run, Prisma.sql`(${SAYS_SO} OR (w.status = 'error' AND ${HAS_ITS_ID}) OR ${DECIDED_WITHIN})`)})`;

/** Without what the gate refused. */
export const actionErrorsOf = (run: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`CASE WHEN ${run}.action_errors = 0 THEN 0 ELSE GREATEST(0, ${run}.action_errors - (SELECT count(*)::int ${failed(run)} AND ${wasRefused(run)})) END`;

/** A call that failed, of itself: which tool, and when it began. */
export interface FailedCall {
  tool: string | null;
  startedAtMs: number;
}

/** The calls whose errors these are; as JSON. */
export const failedCallsOf = (run: Prisma.Sql): Prisma.Sql => Prisma.sql`CASE WHEN ${run}.action_errors = 0 THEN '[]'::json ELSE (
  SELECT coalesce(json_agg(json_build_object('tool', w.tool_name, 'startedAtMs', (extract(epoch FROM w.started_at) * 1000)::float8)), '[]') ${failed(run)} AND NOT ${wasRefused(run)}) END`;
