// Which change needs what? The re-review policy: rules as data that an operator can read, and that change only by review.

import { z } from "zod";
import { AUTHORITY_LEVELS, type AuthorityLevel } from "./authority-level.ts";
import { FACT_KINDS } from "./fact.ts";
import { OWNER_ROLES } from "./roles.ts";

export const CHANGE_CLASSES = ["harmless", "material", "critical"] as const;
export type ChangeClass = (typeof CHANGE_CLASSES)[number];

export const SUITES = ["golden", "regression", "red_team"] as const;
export type Suite = (typeof SUITES)[number];

/** The stage in which a canary begins, the stricter one first. */
export const CANARY_STARTS = ["shadow", "assisted"] as const;
export type CanaryStart = (typeof CANARY_STARTS)[number];

export const REVIEW_ROLES = [...OWNER_ROLES, "any_reviewer"] as const;
/** `any_reviewer`: any of the agent's owners. */
export type ReviewRole = (typeof REVIEW_ROLES)[number];

export const obligationSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("review"), role: z.enum(REVIEW_ROLES) }),
  z.strictObject({ kind: z.literal("suite"), suite: z.enum(SUITES) }),
  // After the approval: the version reaches production in stages, beside the one that it replaces.
  z.strictObject({ kind: z.literal("canary"), from: z.enum(CANARY_STARTS) }),
]);
export type Obligation = z.infer<typeof obligationSchema>;

export const reviewRuleSchema = z.strictObject({
  id: z.string().regex(/^R-\d{2,3}$/, "A rule is named like R-07."),
  /** One sentence. */
  title: z.string().trim().min(3).max(200),
  facts: z.array(z.enum(FACT_KINDS)).min(1),
  class: z.enum(CHANGE_CLASSES),
  obligations: z.array(obligationSchema).max(20),
});
export type ReviewRule = z.infer<typeof reviewRuleSchema>;

const capSchema = z.strictObject({ running: z.enum(AUTHORITY_LEVELS).nullable() });

export const reviewPolicySchema = z
  .strictObject({
    rules: z.array(reviewRuleSchema).min(1).max(200),
    /** For a fact that no rule names. Fixed: what nobody thought of is critical. */
    unmatchedClass: z.literal("critical"),
    /** How far the running version may go while a change of that class is open; null: it keeps its level. */
    caps: z.strictObject({ material: capSchema, critical: capSchema }),
    unreviewedChangeCap: z.enum(["stopped", "shadow", "assisted"]),
    /** One in so many changes that pass by themselves is looked at by a person. */
    spotCheckOneIn: z.int().min(1).max(1_000),
    expiresAfterDays: z.int().min(1).max(90),
  })
  .refine(({ rules }) => new Set(rules.map((rule) => rule.id)).size === rules.length, "two rules have the same id")
  .refine(
    ({ rules }) => rules.every((rule) => rule.class === "harmless" || rule.obligations.some((obligation) => obligation.kind === "review")),
    "a material or critical change needs at least one review",
  );
export type ReviewPolicy = z.infer<typeof reviewPolicySchema>;

/** So far the running version may go while such a change is open; null: it keeps its level. */
export const runningCapOf = ({ caps }: Pick<ReviewPolicy, "caps">, changeClass: ChangeClass): AuthorityLevel | null => (changeClass === "harmless" ? null : caps[changeClass].running);

export const CLASS_NAMES: Record<ChangeClass, string> = { harmless: "Harmless", material: "Material", critical: "Critical" };
export const SUITE_NAMES: Record<Suite, string> = { golden: "Golden suite", regression: "Regression suite", red_team: "Red-team suite" };
