// What becomes of a body of spans? It is decoded, each span that is as it must be is taken in, and the sender is told of the others.

import type { Actor } from "../domain/roles.ts";
import { decodeTracesInSteps, type Encoding } from "../otlp/decode-export.ts";
import { withPauses } from "../otlp/in-steps.ts";
import { readOpenAiAgentsIngest } from "../otlp/openai-agents-ingest.ts";
import { acceptSpans, type AcceptedSpans } from "../otlp/spans-of.ts";
import { ingestSpans } from "./ingest-spans.ts";

/** All of it can be handed to another thread. */
export interface SpanBody {
  /** The body in the pieces in which it came. */
  parts: readonly Uint8Array[];
  /** OTLP in one of its encodings, or what the OpenAI Agents SDK's own exporter sends. */
  form: Encoding | "openai-agents";
  actor: Actor;
  now: Date;
}

/** This, too. */
export interface TakenIn {
  rejected: number;
  /** For the person who reads the sender's log. */
  sentence: string | null;
  /** Of those that are new, how many came in each dialect. */
  dialects: ReadonlyMap<string, number>;
}

/** Throws `MalformedTelemetry`, and what `ingestSpans` throws. */
export async function takeInSpans(body: SpanBody): Promise<TakenIn> {
  const { spans, rejected } = await decode(body);
  const ingested = await ingestSpans(body.actor, spans, body.now);
  const malformed = rejected.reduce((sum, rejection) => sum + rejection.count, 0);
  const sentences = [ingested.sentence, ...rejected.map(({ count, reason }) => `${count}: ${reason}`)].filter((sentence) => sentence !== null);
  return { rejected: ingested.rejected + malformed, sentence: sentences.length > 0 ? sentences.join(" ") : null, dialects: ingested.dialects };
}

async function decode({ parts, form, now }: SpanBody): Promise<AcceptedSpans> {
  const bytes = Buffer.concat(parts);
  if (form === "openai-agents") return readOpenAiAgentsIngest(bytes, now);
  return withPauses(acceptSpans(await withPauses(decodeTracesInSteps(bytes, form)), now));
}
