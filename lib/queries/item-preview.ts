// What does the page of one item of the inbox say first? For the pane beside the list; what is done about it is done there or in its row.

import { prisma } from "../database/database.ts";
import { capabilityDelta } from "../domain/capability-delta.ts";
import { itemKey, kindOfKey, subjectOfKey } from "../domain/item-key.ts";
import type { ActionPreview, ChangePreview, FindingPreview, ItemPreview, RolloutPreview } from "../domain/item-preview.ts";
import { may } from "../domain/permissions.ts";
import { isOpenRollout } from "../domain/rollout-state.ts";
import type { PersonActor } from "../domain/roles.ts";
import { maskArguments } from "../domain/secret-argument.ts";
import { tierName } from "../domain/tier-names.ts";
import { verdictSentence } from "../domain/verdict-words.ts";
import { NotPermitted } from "../errors.ts";
import { findAction } from "./action.ts";
import { findChange } from "./change.ts";
import { findFinding } from "./findings.ts";
import { holdersByRole } from "./reviewers.ts";
import { readRollout } from "./rollout-detail.ts";

const DIFFERENCES_SHOWN = 8;

/** Null: there is no such item. */
export async function findItemPreview(key: string, actor: PersonActor, now: Date): Promise<ItemPreview | null> {
  if (!itemKey.safeParse(key).success) return null;
  const id = subjectOfKey(key);
  switch (kindOfKey(key)) {
    case "action": return previewAction(id, actor, now);
    case "finding": return previewFinding(id, now);
    case "rollout": return previewRollout(id);
    default: return previewChange(id, actor, now);
  }
}

async function previewAction(id: string, actor: PersonActor, now: Date): Promise<ActionPreview | null> {
  const answer = may(actor, "action:read");
  if (!answer.ok) throw new NotPermitted(answer.reason);
  const view = await findAction(id, actor, now);
  if (!view) return null;
  const { action, reversibility, usage, tier } = view;
  return {
    kind: "action", isOpen: action.state === "held" && !view.isExpired, tier: tierName(tier), because: action.sentence, policies: action.policies, unusual: view.unusual, tool: action.tool,
    reversibility: { ...reversibility, until: reversibility.until?.toISOString() ?? null },
    usage: { callsOfToolToday: usage.callsOfToolToday, spentTodayMinor: usage.spentTodayMinor?.toString() ?? null, currency: usage.currency },
    amountMinor: action.amountMinor?.toString() ?? null, onBehalfOf: action.onBehalfOf, justification: action.justification, plan: action.plan, confidence: action.confidence, input: maskArguments(action.input).value,
  };
}

async function previewChange(id: string, actor: PersonActor, now: Date): Promise<ChangePreview | null> {
  const view = await findChange(id, actor, now);
  if (!view) return null;
  const { change, facts, obligations, reviewers, rules } = view;
  return {
    kind: "change", author: change.authorName, reason: change.reason, delta: change.kind === "version" ? { groups: capabilityDelta(facts), isFirst: change.fromVersion === null } : null,
    obligations: obligations.map((status) => ({ ...status, at: status.at?.toISOString() ?? null })), holders: holdersByRole(reviewers), rules, policyRevision: change.policyRevision,
  };
}

async function previewFinding(id: string, now: Date): Promise<FindingPreview | null> {
  const finding = await findFinding(id, now);
  return finding && {
    kind: "finding", differences: finding.differences.slice(0, DIFFERENCES_SHOWN).map(({ sentence }) => sentence), more: finding.more + Math.max(0, finding.differences.length - DIFFERENCES_SHOWN),
    runs: finding.runCount, openedAt: finding.openedAt, lastSeenAt: finding.lastSeenAt, level: finding.authority.level, without: finding.authority.without,
  };
}

async function previewRollout(id: string): Promise<RolloutPreview | null> {
  const rollout = await readRollout(id);
  if (!rollout) return null;
  const { currentId, candidateId, plan, stageIndex, exposure, state, verdict, reason, deadlineAt, lastOutcomeAt } = rollout;
  const versions = await prisma().agentVersion.findMany({ where: { id: { in: [currentId, candidateId] } }, select: { id: true, number: true } });
  const numberOf = (versionId: string): number => versions.find((version) => version.id === versionId)?.number ?? 0;
  const told = verdictSentence({ state, plan, stageIndex, verdict, currentNumber: numberOf(currentId), candidateNumber: numberOf(candidateId), tasksPerDay: null, heldBecause: state === "held" ? reason : null });
  return {
    kind: "rollout", strong: told.strong, rest: told.rest, stage: plan.stages[stageIndex]?.stage ?? "", exposure, isOpen: isOpenRollout(state),
    deadlineAt: deadlineAt?.toISOString() ?? null, lastOutcomeAt: lastOutcomeAt?.toISOString() ?? null,
  };
}
