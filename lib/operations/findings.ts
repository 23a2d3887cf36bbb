// What can be done about findings: judge what traffic shows, have a silent change reviewed afterwards, close one that is over.

import { z } from "zod";
import { prisma, type Transaction } from "../database/database.ts";
import { versionComponents } from "../database/version-components.ts";
import { compareObservation, type DeclaredRecipe, type Observation, type RecipeVerdict } from "../domain/compare-recipe.ts";
import type { Actor } from "../domain/roles.ts";
import { Conflict, NotFound, NotPossible } from "../errors.ts";
import { describeError, logger } from "../logger.ts";
import { newId } from "../new-id.ts";
import { existingAgent } from "./agents.ts";
import { manifestFromTraffic } from "./manifest-from-traffic.ts";
import { NOTHING_CHANGED, operation, type Evidence, type Context } from "./operation.ts";
import { systemActor } from "./people.ts";
import { lockAgent, refreshAuthority } from "./refresh-authority.ts";
import { registerVersion, registrationSchema } from "./versions.ts";

const UNREVIEWED = "unreviewed_change";
/** How long traffic must have been clean before a finding may be closed as "back on an approved version". */
const CLEAN_MS = 60_000;

type ObservedRow = Awaited<ReturnType<Transaction["observedComponent"]["findMany"]>>[number];

/** One difference between what runs and what was approved, as the finding keeps it. */
export interface Difference {
  facet: string;
  name: string;
  value: string;
  sentence: string;
  component: string | null;
  subject: string | null;
  exampleRunId: string | null;
  exampleSpanId: string | null;
  firstSeenAt: string;
}

export interface FindingEvidence {
  versionLabel: string;
  differences: Difference[];
  /** How many more there are that are not listed. */
  more?: number;
}

/** A prompt that is put together for each run shows a new one in each: nobody reads them all. */
const MOST_DIFFERENCES = 100;

/** A version that is withdrawn: from when to when what it did was approved, because a rollout gave it tasks. */
interface Trial {
  from: Date;
  until: Date;
}

type Declared = DeclaredRecipe & { trial: Trial | null };

/** So long may tasks that a candidate was given before its end still report. */
const UNDER_WAY_MS = 600_000;

async function trialOf(tx: Transaction, candidateId: string): Promise<Trial | null> {
  const over = { candidateId, startedAt: { not: null }, state: { in: ["superseded", "aborted", "rolled_back"] } };
  const last = await tx.rollout.findFirst({ where: over, orderBy: { endedAt: "desc" }, select: { id: true, startedAt: true, endedAt: true } });
  if (!last?.startedAt || !last.endedAt) return null;
  const isUnderWay = (await tx.assignment.findFirst({ where: { rolloutId: last.id, arm: "candidate", judgedAt: null }, select: { taskId: true } })) !== null;
  return { from: last.startedAt, until: new Date(last.endedAt.getTime() + (isUnderWay ? UNDER_WAY_MS : 0)) };
}

/** The approved versions under the label it claims, else the newest under it; without a label the current one, and the one that is tried beside it. */
async function declaredFor(tx: Transaction, agentId: string, label: string, currentVersionId: string | null): Promise<Declared[]> {
  const select = { id: true, label: true, number: true, fingerprint: true, approvedAt: true, changesTo: { where: { state: "open" }, select: { id: true } } };
  const versions = label
    ? await tx.agentVersion.findMany({ where: { agentId, label }, orderBy: { number: "desc" }, select, take: 50 })
    : currentVersionId ? await tx.agentVersion.findMany({ where: { id: { in: [currentVersionId, ...(await triedVersions(tx, agentId))] } }, orderBy: { number: "asc" }, select }) : [];
  const approved = versions.filter((version) => version.approvedAt !== null);
  const chosen = approved.length > 0 ? [...approved, ...versions.filter((version) => version.approvedAt === null)] : versions.slice(0, 1);
  const declared: Declared[] = [];
  for (const { approvedAt, changesTo, ...version } of chosen) {
    const trial = approvedAt === null ? await trialOf(tx, version.id) : null;
    declared.push({ version: { ...version, isApproved: approvedAt !== null, isInReview: changesTo.length > 0 }, components: await versionComponents(tx, version.id), trial });
  }
  return declared;
}

/** Also those whose trial is over: what they showed until then was approved. */
const triedVersions = async (tx: Transaction, agentId: string): Promise<string[]> =>
  (await tx.rollout.findMany({ where: { agentId, startedAt: { not: null }, state: { not: "completed" } }, orderBy: { plannedAt: "desc" }, take: 10, select: { candidateId: true } })).map(({ candidateId }) => candidateId);

/** A fingerprint names one version by itself, whatever label it is sent under. */
async function declaredByFingerprint(tx: Transaction, agentId: string, fingerprint: string): Promise<Declared[]> {
  const version = await tx.agentVersion.findFirst({
    where: { agentId, fingerprint }, include: { changesTo: { where: { state: "open" }, select: { id: true } } },
  });
  if (!version) return [];
  const { id, label, number } = version;
  return [{
    version: { id, label, number, fingerprint, isApproved: version.approvedAt !== null, isInReview: version.changesTo.length > 0 },
    components: await versionComponents(tx, id), trial: version.approvedAt === null ? await trialOf(tx, id) : null,
  }];
}

/** Of what only a withdrawn candidate shows: seen again, it is judged again. */
const TRIED = "It was approved while it was tried beside the current version.";

const isOfTrial = ({ lastSeenAt }: ObservedRow, trial: Trial | null): boolean => trial !== null && lastSeenAt >= trial.from && lastSeenAt <= trial.until;

function compareRow(row: ObservedRow, recipe: Declared | null): RecipeVerdict {
  const observation: Observation = { facet: row.facet as Observation["facet"], name: row.name, value: row.value };
  const context = { runInShadow: row.inShadow };
  if (!recipe || !isOfTrial(row, recipe.trial)) return compareObservation(observation, recipe, context);
  const verdict = compareObservation(observation, { ...recipe, version: { ...recipe.version, isApproved: true } }, context);
  return verdict.matches ? { ...verdict, reason: TRIED } : verdict;
}

function verdictOf(row: ObservedRow, declared: readonly Declared[]): RecipeVerdict {
  const verdicts = (declared.length > 0 ? declared : [null]).map((recipe) => compareRow(row, recipe));
  const [first] = verdicts;
  if (!first) throw new Error("a comparison gave no verdict");
  return verdicts.find((verdict) => verdict.matches) ?? first;
}

const differenceOf = (row: ObservedRow, verdict: RecipeVerdict): Difference => ({
  facet: row.facet, name: row.name, value: row.value, sentence: verdict.reason, component: verdict.component ?? null, subject: verdict.subject ?? null,
  exampleRunId: row.exampleRunId, exampleSpanId: row.exampleSpanId, firstSeenAt: row.firstSeenAt.toISOString(),
});

async function openOrExtend(tx: Transaction, agentId: string, about: string, differences: Difference[], now: Date): Promise<{ id: string; evidence: Evidence | null }> {
  const sentence = sentenceOf(about, differences);
  const open = await tx.finding.findFirst({ where: { agentId, kind: UNREVIEWED, about, state: "open" } });
  const id = open?.id ?? newId("fi");
  const { differences: before = [], more = 0 } = (open?.evidence as unknown as FindingEvidence | undefined) ?? {};
  const isKnown = (difference: Difference) => before.some((old) => old.facet === difference.facet && old.name === difference.name && old.value === difference.value);
  const added = differences.filter((difference) => !isKnown(difference));
  if (open && added.length === 0) return { id, evidence: null };
  const listed = added.slice(0, Math.max(0, MOST_DIFFERENCES - before.length));
  const unlisted = more + added.length - listed.length;
  const evidence: FindingEvidence = { versionLabel: about, differences: [...before, ...listed], ...(unlisted > 0 ? { more: unlisted } : {}) };
  if (open) await tx.finding.update({ where: { id }, data: { evidence: evidence as never, sentence: sentenceOf(about, evidence.differences), lastSeenAt: now } });
  else await tx.finding.create({ data: { id, agentId, kind: UNREVIEWED, about, sentence, evidence: evidence as never, openedAt: now, lastSeenAt: now } });
  if (listed.length === 0) return { id, evidence: null };
  const detail = { versionLabel: about, differences: listed.map(({ facet, name, value }) => ({ facet, name, value })), ...(unlisted > 0 ? { more: unlisted } : {}) };
  return { id, evidence: { kind: open ? "finding.extended" : "finding.opened", subject: id, agentId, detail } };
}

function sentenceOf(label: string, differences: readonly Difference[]): string {
  const what = [...new Set(differences.map((difference) => difference.sentence.replace(/\.$/, "")))];
  const rest = what.length > 2 ? `, and ${what.length - 2} more` : "";
  return `${label ? `Traffic labelled ${label}: ` : ""}${what.slice(0, 2).join("; ")}${rest}.`;
}

/** Runs that showed something unapproved are marked, so that exposure can be counted. */
async function markRuns(tx: Transaction, rows: readonly ObservedRow[], now: Date): Promise<void> {
  const runIds = rows.flatMap((row) => (row.exampleRunId ? [row.exampleRunId] : []));
  if (runIds.length === 0) return;
  await tx.$executeRaw`
    WITH marked AS (UPDATE run SET is_unreviewed = true WHERE id = ANY(${runIds}) AND NOT is_unreviewed RETURNING agent_id, started_at)
    INSERT INTO rollup_due (agent_id, hour, due_at) SELECT DISTINCT agent_id, date_trunc('hour', started_at, 'UTC'), ${now}::timestamptz FROM marked
    ON CONFLICT (agent_id, hour) DO UPDATE SET due_at = EXCLUDED.due_at`;
}

const judgeAgent = operation({
  kind: "finding.judged",
  needs: "finding:open",
  agentOf: (_tx, input: { agentId: string }) => input.agentId,
  run: async ({ tx, now }: Context, { agentId }: { agentId: string }) => {
    const agent = await lockAgent(tx, agentId);
    if (!agent) throw new NotFound(`There is no agent ${agentId}.`);
    const rows = await tx.observedComponent.findMany({ where: { agentId, judgedAt: null }, take: 5_000 });
    const evidence: Evidence[] = [];
    const byLabel = Map.groupBy(rows, (row) => row.versionLabel);
    for (const [label, group] of byLabel) {
      const declared = await declaredFor(tx, agentId, label, agent.currentVersionId);
      const judged: { row: ObservedRow; verdict: RecipeVerdict }[] = [];
      for (const row of group) {
        judged.push({ row, verdict: verdictOf(row, row.facet === "fingerprint" ? await declaredByFingerprint(tx, agentId, row.value) : declared) });
      }
      const unreviewed = judged.filter(({ verdict }) => !verdict.matches);
      const finding = unreviewed.length > 0
        ? await openOrExtend(tx, agentId, label, unreviewed.map(({ row, verdict }) => differenceOf(row, verdict)), now) : null;
      if (finding?.evidence) evidence.push(finding.evidence);
      await storeVerdicts(tx, judged, finding?.id ?? null, now);
      await markRuns(tx, unreviewed.map(({ row }) => row), now);
      await noteFirstSeen(tx, declared, group, now);
    }
    evidence.push(...(await closeAnswered(tx, agentId, now)));
    const authority = await refreshAuthority(tx, agentId, now);
    const [first, ...rest] = evidence;
    return { result: { findings: evidence.length, level: authority.level }, evidence: first ? [first, ...rest] : NOTHING_CHANGED };
  },
});

async function storeVerdicts(tx: Transaction, judged: readonly { row: ObservedRow; verdict: RecipeVerdict }[], findingId: string | null, now: Date): Promise<void> {
  const given = judged.map(({ row: { versionLabel, inShadow, facet, name, value, lastSeenAt }, verdict: { matches, reason } }) => ({
    version_label: versionLabel, in_shadow: inShadow, facet, name, value, matches, verdict: reason, finding_id: matches ? null : findingId, judged_at: reason === TRIED ? lastSeenAt : now,
  }));
  await tx.$executeRaw`
    UPDATE observed_component o SET judged_at = given.judged_at, matches = given.matches, verdict = given.verdict, finding_id = given.finding_id
    FROM jsonb_to_recordset(${JSON.stringify(given)}::jsonb) AS given(version_label text, in_shadow boolean, facet text, name text, value text, matches boolean, verdict text, finding_id text, judged_at timestamptz)
    WHERE o.agent_id = ${judged[0]?.row.agentId ?? ""} AND o.version_label = given.version_label AND o.in_shadow = given.in_shadow AND o.facet = given.facet AND o.name = given.name AND o.value = given.value`;
}

/** A proposed version that runs before it is decided: the change remembers when that began. */
async function noteFirstSeen(tx: Transaction, declared: readonly DeclaredRecipe[], rows: readonly ObservedRow[], now: Date): Promise<void> {
  const waiting = declared.filter(({ version }) => version.isInReview && !version.isApproved).map(({ version }) => version.id);
  if (waiting.length === 0 || rows.every((row) => row.inShadow)) return;
  await tx.change.updateMany({ where: { toVersionId: { in: waiting }, state: "open", firstSeenLiveAt: null }, data: { firstSeenLiveAt: now } });
}

/** A finding is answered when nothing of what it is about differs from an approved version any more. */
async function closeAnswered(tx: Transaction, agentId: string, now: Date): Promise<Evidence[]> {
  const open = await tx.finding.findMany({ where: { agentId, kind: UNREVIEWED, state: "open" }, select: { id: true } });
  const closed: Evidence[] = [];
  for (const { id } of open) {
    if ((await tx.observedComponent.count({ where: { agentId, findingId: id } })) > 0) continue;
    const resolution = "What traffic shows is approved now.";
    await tx.finding.update({ where: { id }, data: { state: "closed", closedAt: now, closedBy: systemActor.name, resolution } });
    closed.push({ kind: "finding.closed", subject: id, agentId, detail: { resolution } });
  }
  return closed;
}

/** Compares everything that traffic newly showed; also what shows again after its finding was closed, or after its trial was over. Returns how many agents were judged. */
export async function judgeObservedComponents(now: Date): Promise<number> {
  await prisma().$executeRaw`
    UPDATE observed_component o SET judged_at = NULL FROM finding f
    WHERE f.id = o.finding_id AND f.state = 'closed' AND NOT o.matches AND o.last_seen_at > f.closed_at AND o.judged_at IS NOT NULL`;
  await prisma().$executeRaw`UPDATE observed_component SET judged_at = NULL WHERE verdict = ${TRIED} AND matches AND last_seen_at > judged_at`;
  const agents = await prisma().observedComponent.findMany({ where: { judgedAt: null }, distinct: ["agentId"], select: { agentId: true }, take: 200 });
  // An agent that cannot be judged keeps no other from it.
  for (const { agentId } of agents) await judgeAgent(systemActor, { agentId }, now).catch((error: unknown) => logger().error({ agent: agentId, ...describeError(error) }, "what an agent shows could not be judged"));
  return agents.length;
}

const agentOfFinding = async (tx: Transaction, { findingId }: { findingId: string }): Promise<string | null> =>
  (await tx.finding.findUnique({ where: { id: findingId }, select: { agentId: true } }))?.agentId ?? null;

async function openFinding(tx: Transaction, findingId: string) {
  const agentId = await agentOfFinding(tx, { findingId });
  if (agentId) await existingAgent(tx, agentId);
  const finding = await tx.finding.findUnique({ where: { id: findingId } });
  if (!finding) throw new NotFound("There is no such finding.");
  if (finding.state !== "open") throw new Conflict("This finding is closed already.");
  return finding;
}

const linkToChange = operation({
  kind: "finding.review_asked",
  needs: "finding:resolve",
  agentOf: agentOfFinding,
  run: async ({ tx }: Context, { findingId, changeId }: { findingId: string; changeId: string }) => {
    const finding = await openFinding(tx, findingId);
    if (finding.changeId === changeId) return { result: undefined, evidence: NOTHING_CHANGED };
    await tx.finding.update({ where: { id: findingId }, data: { changeId } });
    return { result: undefined, evidence: { subject: findingId, agentId: finding.agentId, detail: { changeId } } };
  },
});

const readForReview = operation({
  kind: "finding.read",
  needs: "finding:resolve",
  agentOf: agentOfFinding,
  run: async ({ tx }: Context, { findingId }: { findingId: string }) => {
    const finding = await openFinding(tx, findingId);
    return { result: { agentId: finding.agentId, ...(await manifestFromTraffic(tx, finding)) }, evidence: NOTHING_CHANGED };
  },
});

/**
 * Makes a version out of what traffic shows and proposes it, so that it can be approved or rejected afterwards. Nobody here is its
 * author: Holdpoint registers it. Throws `NotPossible` when the traffic does not carry enough to rebuild it.
 */
export async function reviewRetroactively(actor: Actor, { findingId }: { findingId: string }, now = new Date()): Promise<{ changeId: string }> {
  const { agentId, manifest, sourceRef } = await readForReview(actor, { findingId }, now);
  const registered = await registerVersion(systemActor, registrationSchema.parse({ agentId, manifest, source: "observed", sourceRef, isRetroactive: true }), now);
  if (!registered.change) throw new NotPossible("This version needs no review.");
  await linkToChange(actor, { findingId, changeId: registered.change.id }, now);
  return { changeId: registered.change.id };
}

export const closingSchema = z.object({ findingId: z.string().min(1), resolution: z.string().trim().min(3, "Say how it was resolved.").max(2_000) });

/** Only when traffic has been on approved versions since: the cap is lifted by facts, not by a word. */
export const closeFinding = operation({
  kind: "finding.closed",
  needs: "finding:resolve",
  agentOf: agentOfFinding,
  run: async ({ tx, actor, now }: Context, { findingId, resolution }: z.infer<typeof closingSchema>) => {
    const finding = await openFinding(tx, findingId);
    const [seen] = await tx.$queryRaw<{ bad: Date | null; good: Date | null }[]>`
      SELECT max(last_seen_at) FILTER (WHERE finding_id = ${findingId}) AS bad, max(last_seen_at) FILTER (WHERE matches) AS good
      FROM observed_component WHERE agent_id = ${finding.agentId}`;
    const bad = seen?.bad ?? finding.lastSeenAt;
    if (!seen?.good || seen.good.getTime() < bad.getTime() + CLEAN_MS) {
      throw new NotPossible("Traffic has not yet been on an approved version for a minute since. Send it back to one, or review the change.");
    }
    await tx.finding.update({ where: { id: findingId }, data: { state: "closed", closedAt: now, closedBy: actor.name, resolution } });
    await refreshAuthority(tx, finding.agentId, now);
    return { result: undefined, evidence: { subject: findingId, agentId: finding.agentId, detail: { resolution } } };
  },
});
