// What happens to log records about agents? Messages are kept beside their span, and a system prompt among them is noted as seen.

import { createHash } from "node:crypto";
import type pg from "pg";
import { may } from "../domain/permissions.ts";
import type { Actor } from "../domain/roles.ts";
import { inTransaction } from "./in-transaction.ts";
import { jsonText } from "./json-text.ts";
import { promptObservation, storeObservations, touchObservations, type ObservedInRun } from "./observe-components.ts";
import { agentOf, namedAgents, soleAgent } from "./place-spans.ts";
import { findTelemetryAgents } from "./telemetry-agents.ts";

/** An event as the log records told it. */
export interface AgentMessage {
  traceId: string | null;
  spanId: string | null;
  agentHints: string[];
  versionLabel: string | null;
  name: string;
  atUs: number;
  systemInstructions: string | null;
  role: string | null;
  body: unknown;
  attributes: Record<string, unknown>;
}

export interface IngestedMessages {
  rejected: number;
  sentence: string | null;
}

interface PlacedMessage {
  agentId: string;
  traceId: string;
  spanId: string;
  message: AgentMessage;
}

/** A message without a span has no place to be shown, so it is accepted and dropped. */
export async function ingestMessages(actor: Actor, messages: readonly AgentMessage[], now: Date): Promise<IngestedMessages> {
  if (messages.length === 0) return { rejected: 0, sentence: null };
  const sole = soleAgent(actor);
  const existing = new Set((await findTelemetryAgents(new Set([...namedAgents(messages), ...(sole === null ? [] : [sole])]))).keys());
  const placed: PlacedMessage[] = [];
  let rejected = 0;
  for (const message of messages) {
    const agentId = agentOf(message.agentHints, existing, sole);
    if (agentId === null || !may(actor, "telemetry:write", agentId).ok) rejected++;
    else if (message.traceId !== null && message.spanId !== null) placed.push({ agentId, traceId: message.traceId, spanId: message.spanId, message });
  }
  if (placed.length > 0) {
    const seen = await inTransaction((client) => storeMessages(client, placed, now));
    void touchObservations(seen, now).catch(() => undefined);
  }
  return { rejected, sentence: rejected > 0 ? `${rejected} records name no agent that exists and that this key is for; set gen_ai.agent.id or service.name.` : null };
}

async function storeMessages(client: pg.PoolClient, placed: readonly PlacedMessage[], now: Date): Promise<Map<string, ObservedInRun>> {
  const bodies = placed.map(({ message: { body, role, attributes } }) => jsonText({ ...(role === null ? {} : { role }), body, ...(Object.keys(attributes).length > 0 ? { attributes } : {}) }) ?? "{}");
  const digests = placed.map(({ message }, index) => createHash("sha256").update(`${message.name}\n${message.atUs}\n${bodies[index]}`).digest("hex"));
  await client.query({
    name: "store-messages",
    text: `INSERT INTO span_message (agent_id, trace_id, span_id, name, at, digest, body)
      SELECT agent_id, trace_id, span_id, name, to_timestamp(at_us / 1000000), digest, body
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::text[], $7::jsonb[]) AS given(agent_id, trace_id, span_id, name, at_us, digest, body)
      ORDER BY agent_id, trace_id, span_id, digest ON CONFLICT DO NOTHING`,
    values: [
      placed.map(({ agentId }) => agentId), placed.map(({ traceId }) => traceId), placed.map(({ spanId }) => spanId), placed.map(({ message }) => message.name),
      placed.map(({ message }) => message.atUs), digests, bodies,
    ],
  });
  const seen = new Map<string, ObservedInRun>();
  for (const { agentId, spanId, message } of placed) {
    if (message.systemInstructions === null) continue;
    for (const one of promptObservation(agentId, spanId, message.versionLabel, message.systemInstructions)) seen.set(one.key, { ...one, runId: null });
  }
  await storeObservations(client, seen, now);
  return seen;
}
