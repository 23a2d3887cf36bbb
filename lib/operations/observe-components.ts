// Which recipe does the traffic show? Each model, prompt, tool contract and version that is seen for the first time gets a row to be judged.

import { createHash } from "node:crypto";
import type pg from "pg";
import { pool } from "../database/database.ts";
import type { AgentSpan, ObservedTool } from "../domain/agent-span.ts";
import { promptHashOf, toolContractDigest } from "../domain/fingerprint.ts";
import { jsonText } from "./json-text.ts";

export interface Observed {
  /** All that makes it this observation, as one string. */
  key: string;
  agentId: string;
  versionLabel: string;
  inShadow: boolean;
  facet: "model" | "prompt" | "tool" | "version" | "fingerprint";
  name: string;
  value: string;
  content: unknown;
  spanId: string;
}

/** With where it was seen; null when that run is not known yet. */
export type ObservedInRun = Observed & { runId: string | null };

const LONGEST_LABEL = 200;
const TOUCH_EVERY_MS = 5_000;
const MOST_REMEMBERED = 50_000;

/** What this process has stored, with the moment of its last touch; the oldest use is forgotten first. */
const remembered = new Map<string, number>();
const digests = new Map<string, string>();

/** Prompts and tool contracts repeat with every call; hashing each once is enough. */
function digestOnce(text: string, compute: () => string): string {
  const known = digests.get(text);
  if (known !== undefined) return known;
  const digest = compute();
  if (digests.size >= 2_000) digests.clear();
  digests.set(text, digest);
  return digest;
}

/** `label`: what other spans of the trace say when this one carries no version. */
export function observationsOf(agentId: string, span: AgentSpan, label: string | null): Observed[] {
  const versionLabel = (span.versionLabel ?? label ?? "").slice(0, LONGEST_LABEL);
  const inShadow = span.stage === "shadow";
  const seen: Observed[] = [];
  const see = (facet: Observed["facet"], name: string, value: string, content: unknown) => {
    const key = [agentId, versionLabel, inShadow ? "shadow" : "live", facet, name, value].join("\u0000");
    seen.push({ key, agentId, versionLabel, inShadow, facet, name, value, content, spanId: span.spanId });
  };
  if (versionLabel !== "") see("version", "version", versionLabel, null);
  if (span.fingerprint !== null) see("fingerprint", "fingerprint", span.fingerprint.slice(0, LONGEST_LABEL), null);
  if (span.kind === "inference" && span.model !== null) see("model", "model", span.model.slice(0, LONGEST_LABEL), null);
  if (span.systemInstructions !== null) seePrompt(span.systemInstructions, see);
  for (const tool of span.toolDefinitions ?? []) {
    const text = JSON.stringify(tool);
    see("tool", indexable(tool.name), digestOnce(text, () => toolContractDigest(JSON.parse(jsonText(tool) ?? "{}") as ObservedTool)), tool);
  }
  return seen;
}

function seePrompt(text: string, see: (facet: "prompt", name: string, value: string, content: unknown) => void): void {
  see("prompt", "system", digestOnce(text, () => promptHashOf(text)), { text });
}

export function promptObservation(agentId: string, spanId: string, versionLabel: string | null, text: string): Observed[] {
  const seen: Observed[] = [];
  const label = (versionLabel ?? "").slice(0, LONGEST_LABEL);
  seePrompt(text, (facet, name, value, content) => {
    const key = [agentId, label, "live", facet, name, value].join("\u0000");
    seen.push({ key, agentId, versionLabel: label, inShadow: false, facet, name, value, content, spanId });
  });
  return seen;
}

const indexable = (name: string): string => (name.length <= LONGEST_LABEL ? name : `sha256:${createHash("sha256").update(name).digest("hex")}`);

/** Inserts what this process has not stored yet; rows that exist are not locked, so the sweep that judges them is not in the way. */
export async function storeObservations(client: pg.PoolClient, seen: ReadonlyMap<string, ObservedInRun>, now: Date): Promise<void> {
  const fresh = [...seen.values()].filter(({ key }) => !remembered.has(key));
  if (fresh.length === 0) return;
  await client.query(
    `INSERT INTO observed_component (agent_id, version_label, in_shadow, facet, name, value, content, first_seen_at, last_seen_at, example_run_id, example_span_id)
     SELECT agent_id, version_label, in_shadow, facet, name, value, content, $1, $1, run_id, span_id
     FROM unnest($2::text[], $3::text[], $4::boolean[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::text[], $10::text[])
       AS given(agent_id, version_label, in_shadow, facet, name, value, content, run_id, span_id)
     ORDER BY agent_id, version_label, in_shadow, facet, name, value ON CONFLICT DO NOTHING`,
    [now, ...columns(fresh), fresh.map(({ content }) => jsonText(content)), fresh.map(({ runId }) => runId), fresh.map(({ spanId }) => spanId)],
  );
}

/** After the commit: remembers what is stored, and keeps "last seen" true to some seconds. Never in the way of the answer. */
export async function touchObservations(seen: ReadonlyMap<string, Observed>, now: Date): Promise<void> {
  const due: Observed[] = [];
  for (const [key, one] of seen) {
    const touchedMs = remembered.get(key);
    if (touchedMs !== undefined && now.getTime() - touchedMs < TOUCH_EVERY_MS && now.getTime() >= touchedMs) continue;
    remembered.delete(key);
    remembered.set(key, now.getTime());
    due.push(one);
  }
  for (const key of remembered.keys()) {
    if (remembered.size <= MOST_REMEMBERED) break;
    remembered.delete(key);
  }
  if (due.length === 0) return;
  await pool().query(
    `UPDATE observed_component o SET last_seen_at = $1
     FROM unnest($2::text[], $3::text[], $4::boolean[], $5::text[], $6::text[], $7::text[]) AS given(agent_id, version_label, in_shadow, facet, name, value)
     WHERE o.agent_id = given.agent_id AND o.version_label = given.version_label AND o.in_shadow = given.in_shadow AND o.facet = given.facet
       AND o.name = given.name AND o.value = given.value AND o.last_seen_at < $1`,
    [now, ...columns(due)],
  );
}

const columns = (rows: readonly Observed[]): unknown[] => [
  rows.map(({ agentId }) => agentId), rows.map(({ versionLabel }) => versionLabel), rows.map(({ inShadow }) => inShadow), rows.map(({ facet }) => facet),
  rows.map(({ name }) => name), rows.map(({ value }) => value),
];

const UNAPPROVED_MAX_AGE_MS = 1_000;
/** Those last seen. Beyond them runs are not counted as exposure from their first span on; the cap does not depend on it. */
const MOST_UNAPPROVED = 20_000;
let unapproved: { readAtMs: number; keys: Set<string> } | null = null;

/** Keys of what a sweep has judged as not approved: every further run that shows it is an unreviewed one from its first span on. */
export async function unapprovedKeys(): Promise<ReadonlySet<string>> {
  const nowMs = performance.now();
  if (unapproved && nowMs - unapproved.readAtMs < UNAPPROVED_MAX_AGE_MS) return unapproved.keys;
  const { rows } = await pool().query<[string, string, boolean, string, string, string]>({
    rowMode: "array",
    text: `SELECT agent_id, version_label, in_shadow, facet, name, value FROM observed_component WHERE matches = false ORDER BY last_seen_at DESC LIMIT ${MOST_UNAPPROVED}`,
  });
  const keys = new Set(rows.map(([agentId, label, inShadow, ...rest]) => [agentId, label, inShadow ? "shadow" : "live", ...rest].join("\u0000")));
  unapproved = { readAtMs: nowMs, keys };
  return keys;
}
