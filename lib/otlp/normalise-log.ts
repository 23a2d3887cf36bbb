// Which log records speak of agents? Only those of `gen_ai.*` and `claude_code.*`; old instrumentations send the prompts nowhere else.

import { AttributeReader } from "./attribute-reader.ts";
import { ownValue, parseContent } from "./json-content.ts";
import { keptAttributes, keptValue } from "./kept-value.ts";
import { contentText, instructionsText, systemTextOf } from "./message-text.ts";
import { isPrivateAttribute } from "./private-attributes.ts";
import { isDefault, readResource, type ResourceFacts } from "./resource-facts.ts";
import type { RawLogRecord, RawResourceLogs } from "./resource-spans.ts";
import { checkTime } from "./telemetry-time.ts";

export interface AgentEvent {
  /** null when the record belongs to no trace. */
  traceId: string | null;
  spanId: string | null;
  agentHints: string[];
  versionLabel: string | null;
  conversationId: string | null;
  name: string;
  atUs: number;
  systemInstructions: string | null;
  role: string | null;
  body: unknown;
  attributes: Record<string, unknown>;
}

/** The events among the records, in their order. Every other record counts as accepted and is not looked at. */
export function eventsOf(resourceLogs: readonly RawResourceLogs[], now: Date): AgentEvent[] {
  return resourceLogs.flatMap(({ resource, records }) => {
    const facts = readResource(resource);
    return records.map((record) => normaliseLog(record, facts, now)).filter((event) => event !== null);
  });
}

/** null when the record is none of ours. `now` stands in for a time that is missing or absurd. */
export function normaliseLog(record: RawLogRecord, resource: ResourceFacts, now: Date): AgentEvent | null {
  const read = new AttributeReader(record.attributes);
  const name = eventNameOf(record, read);
  if (name === null) return null;
  read.discard(["event.name"]);
  const body = parseContent(record.body);
  const own = read.takeLabel(["gen_ai.agent.id"]);
  const version = read.takeLabel(["gen_ai.agent.version"]);
  const conversationId = read.takeLabel(["gen_ai.conversation.id", "session.id"]) ?? resource.conversationId;
  const systemInstructions = systemInstructionsOf(name, body, read);
  read.discard(read.names().filter(isPrivateAttribute));
  return {
    traceId: idOrNull(record.traceId, 32),
    spanId: idOrNull(record.spanId, 16),
    agentHints: own === null ? resource.agentHints : [...new Set([own, ...resource.agentHints])],
    versionLabel: version === null || isDefault(version) ? resource.versionLabel : version,
    conversationId,
    name,
    atUs: [record.atUs, record.observedUs].find((us) => checkTime(us, now) === null) ?? now.getTime() * 1_000,
    systemInstructions,
    role: roleOf(name, body),
    // Claude Code puts nothing but the name there.
    body: body === name ? null : keptValue(body ?? null),
    attributes: keptAttributes(read.leftOver()),
  };
}

const EVENT_NAME = /^(?:gen_ai|claude_code)\.[\w.-]{1,200}$/;

function eventNameOf(record: RawLogRecord, read: AttributeReader): string | null {
  const candidates = [record.eventName, read.peek("event.name"), record.body];
  return candidates.find((candidate): candidate is string => typeof candidate === "string" && EVENT_NAME.test(candidate)) ?? null;
}

function systemInstructionsOf(name: string, body: unknown, read: AttributeReader): string | null {
  if (name === "gen_ai.system.message") return contentText(ownValue(body, "content") ?? body);
  if (!name.startsWith("gen_ai.")) return null;
  const [own, messages] = ["gen_ai.system_instructions", "gen_ai.input.messages"].map((key) => read.peek(key) ?? ownValue(body, key));
  return (own === undefined ? null : instructionsText(own)) ?? systemTextOf(messages);
}

const MESSAGE_ROLE = /^gen_ai\.(system|user|assistant|tool)\.message$/;

function roleOf(name: string, body: unknown): string | null {
  const role = ownValue(body, "role") ?? ownValue(ownValue(body, "message"), "role");
  if (typeof role === "string") return role;
  return MESSAGE_ROLE.exec(name)?.[1] ?? (name === "gen_ai.choice" ? "assistant" : null);
}

function idOrNull(id: string, digits: number): string | null {
  return id.length === digits && /^[0-9a-f]+$/.test(id) && !/^0+$/.test(id) ? id : null;
}
