// What can be done about versions: register a manifest, from a pipeline, from the console, or from what was seen in traffic.

import { randomInt } from "node:crypto";
import { z } from "zod";
import type { Transaction } from "../database/database.ts";
import { reviewPolicyInForce, type PolicyInForce } from "../database/review-policy-in-force.ts";
import { versionComponents } from "../database/version-components.ts";
import type { AuthorityLevel } from "../domain/authority-level.ts";
import { authorsOf, withAuthors, type Authors } from "../domain/change-authors.ts";
import { titleOfChange } from "../domain/change-title.ts";
import { RAN_ALREADY } from "../domain/change-words.ts";
import { classifyChange, passesByItself } from "../domain/classify-change.ts";
import { diffComponents } from "../domain/diff-components.ts";
import { componentsOf, fingerprintOf } from "../domain/fingerprint.ts";
import { manifestSchema, type Component } from "../domain/manifest.ts";
import type { PolicyTrial } from "../domain/policy-text-fact.ts";
import { runningCapOf } from "../domain/review-policy.ts";
import type { Fact } from "../domain/fact.ts";
import type { Actor } from "../domain/roles.ts";
import { Conflict, NotFound, NotPossible } from "../errors.ts";
import { newId } from "../new-id.ts";
import { existingAgent } from "./agents.ts";
import { endOverrides } from "./end-overrides.ts";
import { makeCurrent } from "./make-current.ts";
import { NOTHING_CHANGED, operation, type Evidence, type Context, type Operation } from "./operation.ts";
import { policyStep, trialsFor, withPolicyTrials, type PolicyTrials } from "./policy-trials.ts";
import { refreshAuthority } from "./refresh-authority.ts";
import { requireApplicablePolicy } from "./require-applicable-policy.ts";
import { requireUnstopped, stopOfVersion, StoppedMeanwhile } from "./stop-of-version.ts";
import { voidReviews } from "./void-reviews.ts";

export const registrationSchema = z.object({
  agentId: z.string().min(1),
  manifest: manifestSchema,
  source: z.enum(["api", "console", "observed"]),
  /** Where it came from, for instance `shop/refund-bot#318`. */
  sourceRef: z.string().trim().max(300).nullable().default(null),
  reason: z.string().trim().max(2_000).nullable().default(null),
  /** E-mail address of the person who made the change, when a pipeline registers it: that person cannot approve it either. */
  author: z.email().transform((email) => email.toLowerCase()).nullable().default(null),
  /** Edits this open change: its approvals become void. */
  replacesChangeId: z.string().nullable().default(null),
  isRetroactive: z.boolean().default(false),
});
export type Registration = z.infer<typeof registrationSchema>;

export interface Registered {
  version: { id: string; number: number; fingerprint: string; label: string | null };
  isNew: boolean;
  change: { id: string; state: string; class: string } | null;
}

interface Registering extends Registration {
  trials: PolicyTrials;
}

const registerTried = operation({
  kind: "version.registered",
  needs: "version:register",
  agentOf: (_tx, input: Registering) => input.agentId,
  run: async ({ tx, actor, now }: Context, { trials, ...input }: Registering) => {
    const agent = await existingAgent(tx, input.agentId);
    await requireApplicablePolicy(input.manifest);
    const components = componentsOf(input.manifest);
    const fingerprint = fingerprintOf(components);
    const known = await tx.agentVersion.findUnique({ where: { agentId_fingerprint: { agentId: agent.id, fingerprint } } });
    if (known && !input.replacesChangeId) {
      const change = await tx.change.findFirst({ where: { toVersionId: known.id, kind: "version" }, orderBy: { proposedAt: "desc" } });
      const needsProposal = known.approvedAt === null && change?.state !== "open" && change?.state !== "rejected";
      if (!needsProposal) return { result: asRegistered(known, false, change), evidence: NOTHING_CHANGED };
    }
    const version = known ?? (await insertVersion({ tx, actor, now }, { components, fingerprint, input }));
    if (version.id === agent.currentVersionId) throw new NotPossible("This is the version that is current already.");
    const change = input.replacesChangeId
      ? await replaceProposal(tx, input.replacesChangeId, { agent, version, components, input, actor, trials, now })
      : await propose(tx, { agent, version, components, input, actor, trials, now });
    await refreshAuthority(tx, agent.id, now);
    if (change.state === "approved") await requireUnstopped(tx, agent.currentVersionId);
    const evidence: [Evidence, ...Evidence[]] = [
      { subject: version.id, agentId: agent.id, detail: { number: version.number, label: version.label, fingerprint, source: input.source, sourceRef: input.sourceRef, isNew: !known } },
      { kind: change.isEdit ? "change.edited" : "change.proposed", subject: change.id, agentId: agent.id, detail: { fingerprint, class: change.class, state: change.state, rules: change.ruleIds, ...change.tried } },
    ];
    return { result: asRegistered(version, !known, change), evidence };
  },
});

const register = (actor: Actor, input: Registration, now: Date): Promise<Registered> => withPolicyTrials((trials) => registerTried(actor, { ...input, trials }, now));

export const registerVersion: Operation<Registration, Registered> = async (actor, input, now = new Date()) => {
  try {
    return await register(actor, input, now);
  } catch (error) {
    if (!(error instanceof StoppedMeanwhile)) throw error;
    // It waits for a person now.
    return register(actor, input, now);
  }
};

type VersionRow = { id: string; number: number; fingerprint: string; label: string | null };
type AgentRow = { id: string; currentVersionId: string | null };

const asRegistered = (version: VersionRow, isNew: boolean, change: { id: string; state: string; class: string } | null): Registered => ({
  version: { id: version.id, number: version.number, fingerprint: version.fingerprint, label: version.label },
  isNew,
  change: change && { id: change.id, state: change.state, class: change.class },
});

async function insertVersion({ tx, actor, now }: Pick<Context, "tx" | "actor" | "now">, { components, fingerprint, input }: { components: Component[]; fingerprint: string; input: Registration }) {
  const { agentId, manifest, source, sourceRef } = input;
  const rows = new Map(components.map(({ digest, kind, content }) => [digest, { digest, kind, content: content ?? {} }]));
  await tx.component.createMany({ data: [...rows.values()], skipDuplicates: true });
  const last = await tx.agentVersion.aggregate({ where: { agentId }, _max: { number: true } });
  return tx.agentVersion.create({
    data: {
      id: newId("av"), agentId, number: (last._max.number ?? 0) + 1, label: manifest.label ?? null, fingerprint,
      components: components.map(({ kind, name, digest }) => ({ kind, name, digest })), source, sourceRef, createdBy: actor.name, createdAt: now,
    },
  });
}

interface Current {
  id: string;
  number: number;
  components: Component[];
}

async function currentOf(tx: Transaction, agent: AgentRow): Promise<Current | null> {
  if (!agent.currentVersionId) return null;
  const { id, number } = await tx.agentVersion.findUniqueOrThrow({ where: { id: agent.currentVersionId } });
  return { id, number, components: await versionComponents(tx, id) };
}

interface Proposed {
  agent: AgentRow;
  version: VersionRow;
  components: Component[];
}

const stepOf = (current: Current | null, { agent, version, components }: Proposed) => policyStep(current, { agentId: agent.id, fingerprint: version.fingerprint, components });

/** What the log says of it beside the rules: by which calls a changed policy text was classified. */
function triedDetail(facts: readonly Fact[]): { policyText?: string } {
  const fact = facts.find(({ kind }) => kind.startsWith("policy_text_"));
  return fact ? { policyText: fact.sentence } : {};
}

function classifyAgainst(current: Current | null, { agent, version, components }: Proposed, trial: PolicyTrial | null, { policy, revision }: PolicyInForce) {
  const facts = diffComponents(current?.components ?? [], components, trial);
  const classification = classifyChange(facts, policy);
  return {
    classification,
    tried: triedDetail(facts),
    row: {
      fromVersionId: current?.id ?? null, toVersionId: version.id, fingerprint: version.fingerprint,
      title: titleOfChange(agent.id, current?.number ?? null, version.number, facts),
      class: classification.class, facts: facts as never, policyRevision: revision, obligations: classification.obligations as never,
      rules: classification.rules.map(({ id, title, facts: fired }) => ({ id, title, facts: fired.map((fact) => fact.kind) })) as never,
    },
  };
}

/** A recipe that somebody proposed once stays theirs, whoever proposes it again: withdrawn, run all the same and found in traffic, for instance. */
async function authorsOfProposal(tx: Transaction, { version, input, actor }: Pick<Proposal, "version" | "input" | "actor">): Promise<Authors> {
  const named = input.author ? await tx.person.findUnique({ where: { email: input.author }, select: { id: true, name: true } }) : null;
  if (input.author && !named) throw new NotFound("The author's e-mail address belongs to nobody here.");
  const key = actor.kind === "key" ? await tx.apiKey.findUnique({ where: { id: actor.id }, select: { createdById: true } }) : null;
  const earlier = await tx.change.findMany({ where: { toVersionId: version.id }, select: { authorIds: true } });
  return authorsOf(actor, { named, keyMakerId: key?.createdById ?? null, earlierIds: earlier.flatMap(({ authorIds }) => authorIds) });
}

interface Proposal extends Proposed {
  input: Registration;
  actor: Actor;
  trials: PolicyTrials;
  now: Date;
}

async function classifyOne(tx: Transaction, proposed: Proposed, trials: PolicyTrials, inForce: PolicyInForce) {
  const current = await currentOf(tx, proposed.agent);
  const [trial = null] = trialsFor([stepOf(current, proposed)], trials);
  return classifyAgainst(current, proposed, trial, inForce);
}

async function propose(tx: Transaction, { agent, version, components, input, actor, trials, now }: Proposal) {
  const inForce = await reviewPolicyInForce(tx);
  const { classification, tried, row } = await classifyOne(tx, { agent, version, components }, trials, inForce);
  // A silent change has already been live: nothing about it is harmless until a person has looked.
  const isHarmless = passesByItself(classification) && agent.currentVersionId !== null && !input.isRetroactive;
  // What becomes current in place of a stopped version ends its stop: a person decides that.
  const stopId = isHarmless ? await stopOfVersion(tx, agent.currentVersionId) : null;
  const passes = isHarmless && stopId === null;
  const id = newId("ch");
  const authors = await authorsOfProposal(tx, { version, input, actor });
  const decided = passes ? { state: "approved", decidedAt: now, decidedBy: "system:holdpoint", decidedReason: "harmless by the re-review policy" } : {};
  await tx.change.create({
    data: {
      id, kind: "version", agentId: agent.id, proposal: {}, ...row, ...decided, ...authors,
      sourceRef: input.sourceRef, reason: input.reason, isRetroactive: input.isRetroactive, proposedAt: now,
      expiresAt: new Date(now.getTime() + inForce.policy.expiresAfterDays * 86_400_000),
      spotCheckDue: passes && randomInt(inForce.policy.spotCheckOneIn) === 0,
    },
  });
  if (passes) {
    await makeCurrent(tx, agent.id, version.id, now);
    await rebaseOpenChanges(tx, agent.id, trials, now);
  }
  const detail = stopId === null ? tried : { ...tried, waitsForStop: stopId };
  return { id, state: passes ? "approved" : "open", class: classification.class, ruleIds: classification.rules.map((rule) => rule.id), tried: detail, isEdit: false };
}

async function replaceProposal(tx: Transaction, changeId: string, { agent, version, components, input, actor, trials, now }: Proposal) {
  const change = await tx.change.findUnique({ where: { id: changeId } });
  if (!change || change.agentId !== agent.id || change.kind !== "version") throw new NotFound("There is no such change of this agent.");
  if (change.state !== "open") throw new Conflict(`This change is ${change.state} and cannot be edited.`);
  if (change.isRetroactive) throw new NotPossible(RAN_ALREADY);
  const inForce = await reviewPolicyInForce(tx);
  const { classification, tried, row } = await classifyOne(tx, { agent, version, components }, trials, inForce);
  const editors = await authorsOfProposal(tx, { version, input, actor });
  const authors = withAuthors(change, editors);
  const reason = `${editors.authorName} edited the proposal: it is version ${version.number} now.`;
  await voidReviews(tx, changeId, reason, now);
  await endExcusesOf(tx, { agentId: agent.id, cap: runningCapOf(inForce.policy, classification.class), reason }, now);
  // What live traffic showed is not what is proposed now, so that no approval of this answers it.
  await tx.finding.updateMany({ where: { changeId, state: "open" }, data: { changeId: null } });
  await tx.change.update({ where: { id: changeId }, data: { ...row, ...authors, revision: { increment: 1 } } });
  return { id: changeId, state: "open", class: classification.class, ruleIds: classification.rules.map((rule) => rule.id), tried, isEdit: true };
}

/** An exception was made for the proposal as it was. Without a cap there is none to make. */
async function endExcusesOf(tx: Transaction, { agentId, cap, reason }: { agentId: string; cap: AuthorityLevel | null; reason: string }, now: Date): Promise<void> {
  if (cap !== null) await endOverrides(tx, { agentId, source: "open_change", level: cap, reason }, now);
}

const LIVE_MOVED = "The live version moved, so this change is another one than the one that was reviewed.";

/** After another version became current: the open proposals are compared with it anew, and what was approved against the old one is void. */
export async function rebaseOpenChanges(tx: Transaction, agentId: string, trials: PolicyTrials, now: Date): Promise<void> {
  const agent = await tx.agent.findUniqueOrThrow({ where: { id: agentId } });
  const open = await tx.change.findMany({ where: { agentId, kind: "version", state: "open" }, include: { toVersion: true } });
  const moved: { id: string; proposed: Proposed }[] = [];
  for (const { id, fromVersionId, toVersion } of open) {
    if (toVersion && fromVersionId !== agent.currentVersionId) moved.push({ id, proposed: { agent, version: toVersion, components: await versionComponents(tx, toVersion.id) } });
  }
  if (moved.length === 0) return;
  const current = await currentOf(tx, agent);
  const found = trialsFor(moved.map(({ proposed }) => stepOf(current, proposed)), trials);
  const inForce = await reviewPolicyInForce(tx);
  for (const [index, { id, proposed }] of moved.entries()) {
    const { row, classification } = classifyAgainst(current, proposed, found[index] ?? null, inForce);
    await voidReviews(tx, id, LIVE_MOVED, now);
    await endExcusesOf(tx, { agentId, cap: runningCapOf(inForce.policy, classification.class), reason: LIVE_MOVED }, now);
    await tx.change.update({ where: { id }, data: { ...row, revision: { increment: 1 } } });
  }
}
