// How does an owner read a limit?

import type { LimitJudgement, LimitState } from "./forecast-spend.ts";
import type { RangeWord } from "./usual-range.ts";

export const PORTFOLIO_QUESTIONS = {
  limits: "Are my agents inside their limits?", changed: "What changed?", waiting: "What is waiting for me?", cost: "What does it cost per finished task?",
} as const;

/** Nothing enforces a budget yet, so that every one says so. */
export const AT_LIMIT = "Only tells people";

export const LIMIT_NAMES: Record<LimitState, string> = {
  over: "Over its budget", reaches: "Reaches it this month", may_reach: "May reach it this month", inside: "Inside its budget", cannot_tell: "Cannot tell",
};

const WHY: Record<NonNullable<LimitJudgement["why"]>, string> = {
  no_budget: "no budget is set", other_currency: "the budget is not in USD, costs are", cost_unknown: "too many runs have no known cost", too_few_days: "too few days",
};

export const whyUnknown = ({ why }: LimitJudgement): string | null => (why === null ? null : WHY[why]);

const plural = (count: number, one: string, many: string): string => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

/** "6 of 8 agents are inside their budgets: 1 is over, unknown for 1." What is not known is said, and never counted as inside. */
export function limitSentence(agents: readonly { limit: LimitJudgement; errors: RangeWord; escalations: RangeWord }[]): string {
  const worse = agents.filter((agent) => isRateWorse(agent)).length;
  return budgetSentence(agents) + (worse === 0 ? "" : ` ${worse.toLocaleString("en")} ${worse === 1 ? "has" : "have"} worse rates than usual.`);
}

export const isRateWorse = (agent: { errors: RangeWord; escalations: RangeWord }): boolean => [agent.errors, agent.escalations].includes("special cause, worse");

function budgetSentence(agents: readonly { limit: LimitJudgement }[]): string {
  const count = (...states: LimitState[]): number => agents.filter((agent) => states.includes(agent.limit.state)).length;
  const [over, reaching, unknown] = [count("over"), count("reaches", "may_reach"), count("cannot_tell")];
  const inside = count("inside");
  const notes = [
    over > 0 ? `${over.toLocaleString("en")} ${over === 1 ? "is" : "are"} over` : "",
    reaching > 0 ? `${reaching.toLocaleString("en")} will or may reach it this month` : "",
    unknown > 0 ? `unknown for ${unknown.toLocaleString("en")}` : "",
  ].filter((note) => note !== "");
  if (inside === agents.length) return agents.length === 1 ? "The agent is inside its budget." : `All ${plural(agents.length, "agent is", "agents are")} inside their budgets.`;
  return `${inside.toLocaleString("en")} of ${plural(agents.length, "agent is", "agents are")} inside ${agents.length === 1 ? "its budget" : "their budgets"}: ${notes.join(", ")}.`;
}
