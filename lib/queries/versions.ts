// Which versions does an agent have, and what are they made of?

import { pool, prisma } from "../database/database.ts";
import { versionComponents } from "../database/version-components.ts";
import { manifestOfComponents } from "../domain/manifest-of-components.ts";
import type { Component, ComponentRef, Manifest, ToolComponent } from "../domain/manifest.ts";

export const VERSION_STATES = ["current", "approved", "in_review", "rejected", "withdrawn", "expired", "superseded", "not_proposed"] as const;
export type VersionState = (typeof VERSION_STATES)[number];

export interface VersionRow {
  id: string;
  number: number;
  label: string | null;
  fingerprint: string;
  source: string;
  sourceRef: string | null;
  createdBy: string;
  createdAt: Date;
  state: VersionState;
  /** The newest change that proposed it. */
  changeId: string | null;
  runsInWeek: number;
}

interface ListedVersion {
  id: string; number: number; label: string | null; fingerprint: string; source: string; source_ref: string | null; created_by: string; created_at: Date;
  approved_at: Date | null; is_current: boolean; change_id: string | null; change_state: string | null; runs: number;
}

const SELECT_VERSIONS = `
  SELECT v.id, v.number, v.label, v.fingerprint, v.source, v.source_ref, v.created_by, v.created_at, v.approved_at, a.current_version_id IS NOT DISTINCT FROM v.id AS is_current,
         c.id AS change_id, c.state AS change_state,
         (SELECT coalesce(sum(r.runs), 0) FROM rollup r WHERE r.agent_id = v.agent_id AND r.hour > $2 AND r.version_id = v.id) AS runs
  FROM agent_version v JOIN agent a ON a.id = v.agent_id
  LEFT JOIN LATERAL (SELECT id, state FROM change WHERE agent_id = v.agent_id AND to_version_id = v.id ORDER BY proposed_at DESC LIMIT 1) c ON true
  WHERE v.agent_id = $1`;

const PAGE = 50;
const weekBefore = (now: Date): Date => new Date(now.getTime() - 7 * 86_400_000);

/** Newest first; `below` is the number where the last page ended. */
export async function listVersions(agentId: string, below: number | null, now: Date): Promise<{ rows: VersionRow[]; hasMore: boolean }> {
  const { rows } = await pool().query<ListedVersion>(
    `${SELECT_VERSIONS} AND ($3::int IS NULL OR v.number < $3) ORDER BY v.number DESC LIMIT ${PAGE + 1}`, [agentId, weekBefore(now), below],
  );
  return { rows: rows.slice(0, PAGE).map(asVersionRow), hasMore: rows.length > PAGE };
}

function asVersionRow(row: ListedVersion): VersionRow {
  return {
    id: row.id, number: row.number, label: row.label, fingerprint: row.fingerprint, source: row.source, sourceRef: row.source_ref, createdBy: row.created_by,
    createdAt: row.created_at, changeId: row.change_id, runsInWeek: row.runs, state: stateOf(row),
  };
}

function stateOf(row: Pick<ListedVersion, "is_current" | "approved_at" | "change_state">): VersionState {
  if (row.is_current) return "current";
  if (row.change_state === "open") return "in_review";
  if (row.approved_at !== null) return "approved";
  return VERSION_STATES.find((state) => state === row.change_state) ?? "not_proposed";
}

export async function findVersion(agentId: string, number: number, now: Date): Promise<(VersionRow & { components: Component[] }) | null> {
  if (!Number.isInteger(number) || number < 1 || number > 2_147_483_647) return null;
  const { rows } = await pool().query<ListedVersion>(`${SELECT_VERSIONS} AND v.number = $3`, [agentId, weekBefore(now), number]);
  const row = rows[0];
  return row === undefined ? null : { ...asVersionRow(row), components: await versionComponents(prisma(), row.id) };
}

export interface ToolRow {
  name: string;
  effect: ToolComponent["effect"];
  system: string | null;
  undoWithinHours: number | null;
  canBeUndone: boolean;
}

/** Only the tools are read: a prompt can be large. */
export async function listTools(versionId: string): Promise<ToolRow[]> {
  const version = await prisma().agentVersion.findUnique({ where: { id: versionId }, select: { components: true } });
  const refs = ((version?.components ?? []) as unknown as ComponentRef[]).filter((ref) => ref.kind === "tool");
  const rows = await prisma().component.findMany({ where: { digest: { in: refs.map((ref) => ref.digest) } }, select: { content: true } });
  return rows
    .map(({ content }) => content as unknown as ToolComponent)
    .map(({ name, effect, system, compensation }) => ({
      name, effect, system: system ?? null, undoWithinHours: compensation?.withinHours ?? null, canBeUndone: compensation !== undefined,
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name, "en"));
}

export interface EditableChange {
  id: string;
  state: string;
  title: string;
  manifest: Manifest;
}

/** The proposal behind an open change, to be edited; null when there is none of this agent. */
export async function findEditableChange(agentId: string, changeId: string): Promise<EditableChange | null> {
  const change = await prisma().change.findUnique({
    where: { id: changeId, agentId, kind: "version" }, select: { id: true, state: true, title: true, toVersionId: true, toVersion: { select: { label: true } } },
  });
  if (!change?.toVersionId) return null;
  const manifest = asWritten(manifestOfComponents(await versionComponents(prisma(), change.toVersionId), change.toVersion?.label ?? null));
  return { id: change.id, state: change.state, title: change.title, manifest };
}

/** The current recipe as a manifest, to start another version from; without the label, which belongs to the version that has it. */
export async function findManifest(versionId: string): Promise<Manifest> {
  return asWritten(manifestOfComponents(await versionComponents(prisma(), versionId)));
}

/** A single prompt as people write it. The fingerprint is the same. */
function asWritten(manifest: Manifest): Manifest {
  const only = typeof manifest.prompt === "string" || manifest.prompt.length > 1 ? undefined : manifest.prompt[0];
  return only?.name === "main" ? { ...manifest, prompt: only.text } : manifest;
}
