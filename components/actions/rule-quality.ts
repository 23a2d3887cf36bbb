import type { SeedOutcome } from "@/lib/domain/seed-request.ts";
import { formatCount } from "@/lib/format.ts";

export interface RuleQuality {
  agentId: string;
  /** The id of a policy, or the gate's own reason. */
  rule: string;
  isPolicy: boolean;
  approved: number;
  rejected: number;
  expired: number;
  medianMs: number | null;
}

/** Fewer decisions than these say nothing about a habit. */
const ENOUGH = 10;

export const isNeverRefused = ({ approved, rejected }: RuleQuality): boolean => rejected === 0 && approved >= ENOUGH;

export type RuleFinding = "never_refused" | "both_ways" | "too_few" | "nobody";

export function findingOf(rule: RuleQuality): RuleFinding {
  const decisions = rule.approved + rule.rejected;
  if (decisions === 0) return "nobody";
  if (isNeverRefused(rule)) return "never_refused";
  return decisions < ENOUGH ? "too_few" : "both_ways";
}

/** Null: nobody decided. */
export const approvalRate = ({ approved, rejected }: RuleQuality): number | null => (approved + rejected === 0 ? null : approved / (approved + rejected));

const REASONS: Record<string, string> = { needs_person: "The agent’s authority", no_compensation: "No compensation behind it", policy_unread: "A policy that was not readable" };

export const ruleName = (reason: string): string => REASONS[reason] ?? reason.replaceAll("_", " ");

export function qualitySentence(rules: readonly RuleQuality[]): string {
  const enough = rules.filter(({ approved, rejected }) => approved + rejected >= ENOUGH);
  if (enough.length === 0) return "Too few decisions yet to say whether people still decide.";
  const never = enough.filter(isNeverRefused).length;
  if (never === 0) return `People refuse now and then under ${enough.length === 1 ? "the rule" : `each of the ${formatCount(enough.length, "rule")}`} that ${enough.length === 1 ? "asks" : "ask"} often enough.`;
  return `${formatCount(never, "rule was", "rules were")} never refused: asking there protects nobody.`;
}

const OUTCOME_WORDS: readonly (readonly [SeedOutcome, string])[] = [["refused", "refused"], ["corrected", "changed before a yes"], ["approved", "approved"], ["expired", "decided by nobody in time"]];

/** What ended otherwise, by a stop for instance, says nothing about reviewers. */
export function seededSentence(seeded: Readonly<Record<SeedOutcome, number>>): string {
  const parts = OUTCOME_WORDS.flatMap(([outcome, word]) => (seeded[outcome] === 0 ? [] : [`${seeded[outcome]} ${word}`]));
  const count = OUTCOME_WORDS.reduce((sum, [outcome]) => sum + seeded[outcome], 0);
  if (count === 0) return "No seeded request was decided.";
  return `Of ${formatCount(count, "seeded request")} that ought to be refused: ${parts.join(", ")}.`;
}

/** As a reason for another policy; null: nobody decided, so there is nothing to say. */
export function askedSentence({ approved, rejected }: Pick<RuleQuality, "approved" | "rejected">, days: number): string | null {
  const asked = approved + rejected;
  if (asked === 0) return null;
  return `Asked ${formatCount(asked, "time")} in ${days} days, ${rejected === 0 ? "never refused" : `refused ${formatCount(rejected, "time")}`}.`;
}
