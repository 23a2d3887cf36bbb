// What did live traffic show that nobody approved, and how does it differ from what was declared?

import { z } from "zod";
import { loadAuthorityFacts } from "../database/authority-facts.ts";
import { prisma } from "../database/database.ts";
import { versionComponents } from "../database/version-components.ts";
import { computeAuthority } from "../domain/authority.ts";
import type { AuthorityLevel } from "../domain/authority-level.ts";
import { entriesOfTool } from "../domain/entries-of-component.ts";
import { layOutEntryDiff } from "../domain/lay-out-entry-diff.ts";
import { layOutTextDiff, type DiffRow } from "../domain/lay-out-text-diff.ts";
import type { Component, ModelComponent, PromptComponent, ToolComponent } from "../domain/manifest.ts";

const differenceSchema = z.object({
  facet: z.string(), name: z.string(), value: z.string(), sentence: z.string(),
  exampleRunId: z.string().nullable().default(null), firstSeenAt: z.string(),
});
/** What cannot be read is left out; the finding's sentence still says it. */
const evidenceSchema = z.object({ versionLabel: z.string().default(""), differences: z.array(differenceSchema).catch([]), more: z.int().min(0).catch(0) }).catch({ versionLabel: "", differences: [], more: 0 });

const seenToolSchema = z.object({ name: z.string(), description: z.string().nullish(), inputSchema: z.record(z.string(), z.json()).nullish() });

export interface SeenDifference {
  facet: string;
  name: string;
  sentence: string;
  firstSeenAt: string;
  lastSeenAt: string | null;
  exampleRunId: string | null;
  /** Null where the spans did not carry the text or schema itself. */
  rows: DiffRow[] | null;
  isNamed: boolean;
}

export interface FindingView {
  id: string;
  agentId: string;
  sentence: string;
  state: string;
  versionLabel: string;
  openedAt: string;
  lastSeenAt: string;
  runCount: number;
  closedAt: string | null;
  closedBy: string | null;
  resolution: string | null;
  change: { id: string; title: string; state: string } | null;
  pulse: FindingPulse;
  /** What it was compared with; null when nothing was declared. */
  declared: { number: number; label: string | null } | null;
  differences: SeenDifference[];
  /** How many more there are that are not listed. */
  more: number;
  authority: { level: AuthorityLevel; binding: string; without: AuthorityLevel; cap: AuthorityLevel | null };
}

/** What an open page asks for again: once one of these moved, nothing is decided from it. */
export interface FindingPulse {
  readAt: string;
  state: string;
  closedBy: string | null;
  /** The review of what it found, with its state. */
  review: string | null;
}

const pulseOf = ({ state, closedBy, change }: { state: string; closedBy: string | null; change: { id: string; state: string } | null }, now: Date): FindingPulse =>
  ({ readAt: now.toISOString(), state, closedBy, review: change && `${change.id} ${change.state}` });

/** Null when there is no such finding. */
export async function getFindingPulse(findingId: string, now: Date): Promise<FindingPulse | null> {
  const finding = await prisma().finding.findUnique({ where: { id: findingId }, select: { state: true, closedBy: true, change: { select: { id: true, state: true } } } });
  return finding && pulseOf(finding, now);
}

async function declaredVersion(agentId: string, label: string, currentVersionId: string | null) {
  const select = { id: true, number: true, label: true };
  const labelled = label
    ? await prisma().agentVersion.findFirst({ where: { agentId, label }, orderBy: [{ approvedAt: { sort: "desc", nulls: "last" } }, { number: "desc" }], select }) : null;
  if (labelled || !currentVersionId) return labelled;
  return prisma().agentVersion.findUnique({ where: { id: currentVersionId }, select });
}

type Seen = { facet: string; name: string; value: string; content: unknown; lastSeenAt: Date };

function promptRows(seen: Seen, declared: readonly Component[]): DiffRow[] | null {
  const text = z.object({ text: z.string() }).safeParse(seen.content);
  if (!text.success) return null;
  const prompts = declared.filter((component) => component.kind === "prompt").map((component) => component.content as unknown as PromptComponent);
  const prompt = prompts.find(({ name }) => name === seen.name) ?? (prompts.length === 1 ? prompts[0] : undefined);
  return layOutTextDiff(prompt?.text ?? "", text.data.text).rows;
}

function toolRows(seen: Seen, declared: readonly Component[]): DiffRow[] | null {
  const tool = seenToolSchema.safeParse(seen.content);
  if (!tool.success) return null;
  const known = declared.find((component) => component.kind === "tool" && component.name === tool.data.name)?.content as unknown as ToolComponent | undefined;
  const shown = {
    ...known, name: tool.data.name, inputSchema: tool.data.inputSchema ?? {}, ...(tool.data.description ? { description: tool.data.description } : {}),
  } as ToolComponent;
  const entries = known ? entriesOfTool(shown) : entriesOfTool({ ...shown, effect: "irreversible" }).map((entry, index) => (index === 0 ? { ...entry, text: "effect not declared" } : entry));
  return layOutEntryDiff(known ? entriesOfTool(known) : [], entries).rows;
}

function modelRows(seen: Seen, declared: readonly Component[]): DiffRow[] {
  const model = declared.find((component) => component.kind === "model")?.content as unknown as ModelComponent | undefined;
  return layOutEntryDiff(model ? [{ label: "model", text: model.name }] : [], [{ label: "model", text: seen.value }]).rows;
}

function rowsOf(seen: Seen | undefined, declared: readonly Component[]): DiffRow[] | null {
  if (seen?.facet === "prompt") return promptRows(seen, declared);
  if (seen?.facet === "tool") return toolRows(seen, declared);
  if (seen?.facet === "model") return modelRows(seen, declared);
  return null;
}

async function authorityWith(agentId: string, findingId: string, now: Date): Promise<FindingView["authority"]> {
  const facts = await loadAuthorityFacts(prisma(), agentId, now);
  const authority = computeAuthority(facts, now);
  const without = computeAuthority({ ...facts, unreviewedChanges: facts.unreviewedChanges.filter((finding) => finding.findingId !== findingId) }, now);
  const own = authority.constraints.find((constraint) => constraint.evidence.kind === "finding" && constraint.evidence.id === findingId);
  return { level: authority.level, binding: authority.binding.because, without: without.level, cap: own?.level ?? null };
}

/** Null when there is no such finding. */
export async function findFinding(findingId: string, now: Date): Promise<FindingView | null> {
  const finding = await prisma().finding.findUnique({
    where: { id: findingId }, include: { change: { select: { id: true, title: true, state: true } }, agent: { select: { currentVersionId: true } } },
  });
  if (!finding) return null;
  const { versionLabel, differences, more } = evidenceSchema.parse(finding.evidence);
  const [version, observed, authority, unreviewedRuns] = await Promise.all([
    declaredVersion(finding.agentId, finding.about, finding.agent.currentVersionId),
    prisma().observedComponent.findMany({ where: { agentId: finding.agentId, versionLabel: finding.about, value: { in: differences.map(({ value }) => value) } }, select: { facet: true, name: true, value: true, content: true, lastSeenAt: true, findingId: true } }),
    authorityWith(finding.agentId, finding.id, now),
    countUnreviewedRuns(finding.agentId, finding.openedAt, finding.closedAt),
  ]);
  const declared = version ? await versionComponents(prisma(), version.id) : [];
  return {
    id: finding.id, agentId: finding.agentId, sentence: finding.sentence, state: finding.state, versionLabel, runCount: Math.max(finding.runCount, unreviewedRuns),
    openedAt: finding.openedAt.toISOString(), lastSeenAt: latest(finding.lastSeenAt, observed.filter((row) => row.findingId === finding.id)).toISOString(), closedAt: finding.closedAt?.toISOString() ?? null,
    closedBy: finding.closedBy, resolution: finding.resolution, change: finding.change, pulse: pulseOf(finding, now), declared: version && { number: version.number, label: version.label }, authority,
    more, differences: differences.map((difference) => {
      const seen = observed.find((row) => row.facet === difference.facet && row.name === difference.name && row.value === difference.value);
      return {
        facet: difference.facet, name: difference.name, sentence: difference.sentence, firstSeenAt: difference.firstSeenAt, exampleRunId: difference.exampleRunId,
        lastSeenAt: seen?.lastSeenAt.toISOString() ?? null, rows: rowsOf(seen, declared), isNamed: difference.facet !== "prompt",
      };
    }),
  };
}

/** From rollups, which count runs that showed something unapproved; by the hour, so the hour of the opening counts whole. */
async function countUnreviewedRuns(agentId: string, openedAt: Date, closedAt: Date | null): Promise<number> {
  const hour = new Date(Math.floor(openedAt.getTime() / 3_600_000) * 3_600_000);
  const sum = await prisma().rollup.aggregate({ where: { agentId, hour: { gte: hour, ...(closedAt ? { lte: closedAt } : {}) } }, _sum: { unreviewed: true } });
  return sum._sum.unreviewed ?? 0;
}

const latest = (at: Date, rows: readonly { lastSeenAt: Date }[]): Date => rows.reduce((last, row) => (row.lastSeenAt > last ? row.lastSeenAt : last), at);
