// How many calls of a run were put to the gate, and how many of them must its telemetry show?

import { Prisma } from "../../generated/prisma/client.ts";

/** `run`: what a row of the table `run` is called in the statement. */
export const askedCallsOf = (run: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(SELECT count(*)::int FROM gate_decision d WHERE d.agent_id = ${run}.agent_id AND d.conversation_id = ${run}.conversation_id)`;

/** Every action that was begun; of calls that were only permitted, which the agent may have left alone, one at least. */
export const performedCallsOf = (run: Prisma.Sql): Prisma.Sql => Prisma.sql`GREATEST(
  (SELECT count(*)::int FROM action b WHERE b.agent_id = ${run}.agent_id AND b.conversation_id = ${run}.conversation_id AND b.started_at IS NOT NULL),
  (EXISTS (SELECT FROM gate_decision d WHERE d.agent_id = ${run}.agent_id AND d.conversation_id = ${run}.conversation_id AND d.decision = 'permit'))::int)`;
