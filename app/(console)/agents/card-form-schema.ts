import { z } from "zod";
import { agentCardSchema, PACT_METRICS, type AgentCard } from "@/lib/domain/agent-card.ts";
import { OWNER_ROLES, type OwnerRole } from "@/lib/domain/roles.ts";
import type { OwnerAssignment } from "@/lib/operations/agents.ts";

const text = z.string().default("");
const list = z.array(z.string()).default([]);
/** Lines of a form, by the key that each had on the page. */
const lines = <Line extends z.ZodType>(line: Line) => z.record(z.string(), line).default({});

const clause = z.object({
  metric: z.enum(PACT_METRICS),
  bound: z.enum(["at_most", "at_least"]),
  value: z.string("A value is needed.").refine((value) => /^\d+([.,]\d+)?$/.test(value.trim()), "A number, for instance 95 or 0.5."),
  windowDays: z.coerce.number("A number of days.").int("Whole days.").min(1, "At least one day.").max(90, "At most 90 days."),
});

const fields = z.object({
  team: text, purpose: text,
  boundary: z.object({ may: list, mustNever: list, mustEscalateWhen: list, doneMeans: list }).prefault({}),
  inputs: list, tools: list, dataSources: list,
  escalationContact: text, onCallRotation: text, runbook: text,
  monthlyBudget: z.object({ amount: text, currency: z.string().regex(/^[A-Z]{3}$/, "Three capital letters, for instance EUR.").default("EUR") }).prefault({}),
  pact: lines(clause),
  reversal: z.object({ secondPerson: z.string().default("large"), approver: text.transform((role) => (role === "" ? null : role)) }).prefault({}),
  reading: z.object({ escalationTools: list, segmentAttributes: list }).prefault({}),
  recordAttributes: lines(z.object({ attribute: text, type: text })),
});
type Fields = z.output<typeof fields>;

/** Whole minor units, from digits alone: money never passes through a float. Null where there is no amount, undefined where it cannot be read. */
export function readMinor(amount: string, currency: string): number | null | undefined {
  const written = amount.replace(/[\s,']/g, "");
  if (written === "") return null;
  const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(written);
  if (!match?.[1] || (match[2]?.length ?? 0) > digits) return undefined;
  return Number(match[1] + (match[2] ?? "").padEnd(digits, "0"));
}

function clausesOf(pact: Fields["pact"]): AgentCard["pact"] {
  return Object.values(pact).map(({ metric, bound, value, windowDays }) => {
    const number = Number(value.trim().replace(",", "."));
    return { metric, bound, windowDays, value: metric.endsWith("_rate") ? number / 100 : number };
  });
}

function asCard({ recordAttributes, monthlyBudget, pact, reading, ...rest }: Fields, amountMinor: number | null): unknown {
  const attributes = Object.values(recordAttributes).filter(({ attribute, type }) => attribute.trim() !== "" && type.trim() !== "");
  return {
    ...rest, pact: clausesOf(pact),
    monthlyBudget: amountMinor === null ? null : { amountMinor, currency: monthlyBudget.currency },
    reading: { ...reading, recordAttributes: Object.fromEntries(attributes.map(({ attribute, type }) => [attribute.trim(), type.trim()])) },
  };
}

/** The card as the form sends it, read into the card as it is stored; problems keep the name of their field. */
export const cardFormSchema = fields
  .extend({ agentId: z.string().min(1), expectedRevision: z.coerce.number().int().optional() })
  .transform(({ agentId, expectedRevision, ...form }, context) => {
    const amountMinor = readMinor(form.monthlyBudget.amount, form.monthlyBudget.currency);
    if (amountMinor === undefined || amountMinor === 0) {
      context.addIssue({ code: "custom", path: ["monthlyBudget", "amount"], message: "An amount above 0, for instance 450 or 450.50." });
      return z.NEVER;
    }
    const card = agentCardSchema.safeParse(asCard(form, amountMinor));
    if (!card.success) {
      for (const issue of card.error.issues) context.addIssue({ code: "custom", path: fieldOf(issue.path), message: issue.message });
      return z.NEVER;
    }
    return { agentId, expectedRevision, card: card.data };
  });

/** A problem in one line of a list is shown at the list. */
function fieldOf(path: readonly PropertyKey[]): PropertyKey[] {
  const end = path.findIndex((part) => typeof part === "number");
  return [...(end === -1 ? path : path.slice(0, end))];
}

const deputy = z.object({ person: text, lastDay: text });
const holders = z.object({ owner: text, deputies: lines(deputy) }).prefault({});

/** The last day counts whole, in UTC. */
const endOf = (day: string): Date => new Date(`${day}T23:59:59.999Z`);

interface Named {
  path: string[];
  text: string;
  role: OwnerRole;
  deputyUntil: Date | null;
}

/** `find`: the ids of those that each text may mean. */
export const ownersFormSchema = (find: (texts: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>) => z
  .object({ agentId: z.string().min(1), owners: z.object({ business_owner: holders, technical_owner: holders, model_steward: holders }).prefault({}) })
  .transform(async ({ agentId, owners }, context) => {
    const named = OWNER_ROLES.flatMap((role): Named[] => {
      const { owner, deputies } = owners[role];
      const named = Object.entries(deputies).filter(([, { person }]) => person !== "");
      for (const [index, { lastDay }] of named) {
        if (!/^\d{4}-\d{2}-\d{2}$/.test(lastDay)) context.addIssue({ code: "custom", path: ["owners", role, "deputies", index, "lastDay"], message: "A deputy needs a last day." });
      }
      return [
        ...(owner === "" ? [] : [{ path: ["owners", role, "owner"], text: owner, role, deputyUntil: null }]),
        ...named.map(([index, { person, lastDay }]) => ({ path: ["owners", role, "deputies", index, "person"], text: person, role, deputyUntil: endOf(lastDay) })),
      ];
    });
    const found = await find(named.map(({ text: one }) => one));
    const assignments = named.flatMap(({ path, text: one, role, deputyUntil }): OwnerAssignment[] => {
      const [personId, ...others] = found.get(one) ?? [];
      if (personId !== undefined && others.length === 0) return [{ role, personId, isDeputy: deputyUntil !== null, deputyUntil }];
      context.addIssue({ code: "custom", path, message: personId === undefined ? "Nobody of this name can sign in. Type a part of the name and choose." : "Several people have this name. Add the e-mail address: name, address." });
      return [];
    });
    return { agentId, owners: assignments };
  });
