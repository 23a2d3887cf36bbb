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
