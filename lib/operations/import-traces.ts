// How do recorded traces come in from a file? OTLP JSON, one export request per line, as the OpenTelemetry file exporter writes it.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { pool } from "../database/database.ts";
import type { AgentSpan } from "../domain/agent-span.ts";
import type { Actor } from "../domain/roles.ts";
import { NotFound } from "../errors.ts";
import { decodeTraces } from "../otlp/decode-export.ts";
import { MalformedTelemetry } from "../otlp/malformed-telemetry.ts";
import { spansOf } from "../otlp/spans-of.ts";
import { ingestSpans } from "./ingest-spans.ts";
import { findTelemetryAgents } from "./telemetry-agents.ts";

export interface ImportProgress {
  /** Read so far, those of an earlier start included. */
  lines: number;
  spans: number;
  /** In this start. */
  rejected: number;
  percent: number;
  /** Why something was rejected, the latest reason. */
  sentence: string | null;
}

const IDENTIFIED_BY_BYTES = 1024 * 1024;
const SPANS_AT_ONCE = 1_000;
const BYTES_AT_ONCE = 4 * 1024 * 1024;

/** The same file has the same id wherever it lies; one that grew is another file, whose known spans are not stored twice. */
async function identify(file: string): Promise<{ id: string; size: number }> {
  const { size } = await stat(file).catch(() => {
    throw new NotFound("There is no such file, or it cannot be read.");
  });
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(size, IDENTIFIED_BY_BYTES)), 0);
    return { id: `sha256:${createHash("sha256").update(buffer.subarray(0, bytesRead)).update(`\n${size}`).digest("hex")}`, size };
  } finally {
    await handle.close();
  }
}

interface Batch {
  spans: AgentSpan[];
  bytes: number;
  lines: number;
}

const emptyBatch = (): Batch => ({ spans: [], bytes: 0, lines: 0 });

/**
 * Yields after each stored batch, and goes on where an earlier start ended. `agentId`: whose traces these are; without it each span says so.
 * Safe to stop at any point: what was stored is not stored again.
 */
export async function* importTraces(actor: Actor, { file, agentId }: { file: string; agentId: string | null }, now = new Date()): AsyncGenerator<ImportProgress> {
  if (agentId !== null && !(await findTelemetryAgents([agentId])).has(agentId)) throw new NotFound(`There is no agent ${agentId}.`);
  const { id: digest, size } = await identify(file);
  const id = agentId === null ? digest : `${digest} ${agentId}`;
  const known = await readProgress(id);
  const progress: ImportProgress = { ...known, rejected: 0, percent: 0, sentence: null };
  let line = 0;
  let bytes = 0;
  let batch = emptyBatch();

  const store = async (): Promise<ImportProgress> => {
    const { stored, rejected, sentence } = await ingestSpans(actor, batch.spans, now, agentId);
    progress.lines += batch.lines;
    progress.spans += stored;
    progress.rejected += rejected;
    progress.percent = size === 0 ? 100 : Math.min(100, Math.floor((100 * bytes) / size));
    progress.sentence = sentence ?? progress.sentence;
    batch = emptyBatch();
    await writeProgress(id, agentId, progress, now);
    return { ...progress };
  };

  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    line++;
    const length = Buffer.byteLength(text) + 1;
    bytes += length;
    if (line <= known.lines) continue;
    batch.lines++;
    batch.bytes += length;
    batch.spans.push(...spansIn(text, line, progress, now));
    if (batch.spans.length >= SPANS_AT_ONCE || batch.bytes >= BYTES_AT_ONCE) yield await store();
  }
  bytes = size;
  yield await store();
}

function spansIn(text: string, line: number, progress: ImportProgress, now: Date): AgentSpan[] {
  if (text.trim() === "") return [];
  try {
    const { spans, rejected } = spansOf(decodeTraces(Buffer.from(text), "json"), now);
    for (const { count, reason } of rejected) {
      progress.rejected += count;
      progress.sentence = `Line ${line}: ${reason}`;
    }
    return spans;
  } catch (error) {
    if (!(error instanceof MalformedTelemetry)) throw error;
    // One torn line, such as the last one of a process that was killed, does not spoil the others.
    progress.rejected++;
    progress.sentence = `Line ${line}: ${error.message}`;
    return [];
  }
}

async function readProgress(id: string): Promise<{ lines: number; spans: number }> {
  const { rows } = await pool().query<{ lines: number; spans: number }>("SELECT lines, spans FROM import_progress WHERE id = $1", [id]);
  return rows[0] ?? { lines: 0, spans: 0 };
}

async function writeProgress(id: string, agentId: string | null, { lines, spans }: ImportProgress, now: Date): Promise<void> {
  await pool().query(
    `INSERT INTO import_progress (id, agent_id, lines, spans, updated_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (id) DO UPDATE SET lines = EXCLUDED.lines, spans = EXCLUDED.spans, updated_at = EXCLUDED.updated_at`,
    [id, agentId, lines, spans, now],
  );
}
