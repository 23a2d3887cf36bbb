// What every agent of the fleet brings along.

import { readFileSync } from "node:fs";
import type { Card } from "../holdpoint-client.ts";
import type { PersonKey } from "../people.ts";
import type { Random } from "../random.ts";
import { parameters, type JsonObject, type Recipe } from "../recipe.ts";
import type { Outcome, Session, Tool } from "../session.ts";
import type { SystemOfRecord } from "../system-of-record.ts";

export type Difficulty = "clean" | "ambiguous" | "hard";

export interface Task {
  conversationId: string;
  /** What the agent is asked, in the words of whoever asks. */
  request: string;
  difficulty: Difficulty;
  records: Record<string, string>;
  segments: Record<string, string>;
  facts: JsonObject;
  /** Puts what the task is about into the company's systems. */
  prepare: (records: SystemOfRecord, now: number) => void;
  work: (session: Session) => Outcome;
  /** Where a held call is not handed to the desk. */
  escalate?: (session: Session, reason: string) => Outcome;
}

/** When a task comes in, and when the demo was started for the first time, from which its stories are told. */
export interface Moment {
  at: Date;
  firstStart: Date;
}

export const TIER_QUESTIONS = ["moves_money", "changes_access", "changes_legal_terms", "tells_customers", "hard_to_reverse", "external_tools", "acts_unasked"] as const;
export type TierQuestion = (typeof TIER_QUESTIONS)[number];

export interface Owners {
  business_owner?: PersonKey;
  technical_owner?: PersonKey;
  model_steward?: PersonKey;
}

export interface DemoAgent {
  id: string;
  card: Card;
  owners: Owners;
  deputies: Owners;
  tier: 0 | 1 | 2;
  /** The questions of the tier guide that are answered with yes, and why this tier all the same. */
  tierYes: readonly TierQuestion[];
  tierReason: string;
  stage: "shadow" | "assisted" | "partial" | "bounded";
  /** In the order in which they were released; the last one runs now. */
  releases: readonly [Recipe, ...Recipe[]];
  tasksPerDay: number;
  /** A held call is waited for; without it the task hands over at once. */
  waitsForPerson?: boolean;
  newTask: (random: Random, number: number, moment: Moment) => Task;
  /** By the name that the tools give as their hook: takes back what a call gave. Throws where that is no longer possible. */
  compensations?: Readonly<Record<string, Compensation>>;
}

export interface Compensation {
  run: (result: unknown, records: SystemOfRecord, nowMs: number) => JsonObject;
  /** Tries it without effect. Throws when it would not work. */
  rehearse: (records: SystemOfRecord, nowMs: number) => void;
}

export const promptOf = (agentId: string): string => readFileSync(new URL(`./prompts/${agentId}.md`, import.meta.url), "utf8");

export const difficultyOf = (random: Random): Difficulty =>
  random.weighted([
    ["clean", 0.78],
    ["ambiguous", 0.15],
    ["hard", 0.07],
  ]);

export const handOver: Tool<{ summary: string }, { queue: string }> = {
  spec: {
    name: "transfer_to_human_agents",
    description: "Hands the conversation to a person, with a summary. Changes no record.",
    inputSchema: parameters({ summary: { type: "string", description: "What is known and what is open." } }),
    effect: "read",
    system: "desk",
  },
  run: () => ({ queue: "people" }),
};

/** Nobody knows yet how it ends: a person has it now. */
export function handToPerson(session: Session, summary: string): Outcome {
  session.call(handOver, { summary }, summary);
  session.answer("I have handed this to a colleague, who will answer today.");
  return null;
}

/** Asks again once when the other side did not answer in time. */
export function callTwice<Args extends JsonObject, Value>(session: Session, tool: Tool<Args, Value>, args: Args, because: string) {
  const first = session.call(tool, args, because);
  return first.state === "refused" && first.code === "timeout" ? session.call(tool, args, "No answer in time. Trying once more.") : first;
}
