// What could the agent do afterwards that it cannot do today? Facts, said in the order in which a reviewer needs them.

import { byConsequence, type Fact, type FactGroup } from "./fact.ts";
import { sectionId } from "./lay-out-diff.ts";

export interface DeltaLine {
  sentence: string;
  /** The anchor of the section of the diff that shows it. */
  sectionId: string;
  place: string;
}

export interface DeltaGroup {
  verb: string;
  lines: DeltaLine[];
}

/** `always`: said even when there is nothing, because its absence is an answer too. */
const GROUPS: readonly { group: FactGroup; verb: string; always?: true }[] = [
  { group: "gains", verb: "Gains", always: true },
  { group: "widens", verb: "Widens" },
  { group: "raises", verb: "Raises" },
  { group: "may_skip", verb: "May skip" },
  { group: "changes", verb: "Changes" },
  { group: "narrows", verb: "Narrows" },
  { group: "loses", verb: "Loses", always: true },
];

const PLACES: Partial<Record<Fact["component"], string>> = { tool: "Tools", prompt: "Prompt", policy: "Policy", model: "Model" };

const lineOf = (fact: Fact): DeltaLine => ({ sentence: fact.sentence, sectionId: sectionId(fact.component, fact.subject), place: PLACES[fact.component] ?? "Other" });

export function capabilityDelta(facts: readonly Fact[]): DeltaGroup[] {
  return GROUPS.map(({ group, verb, always }) => ({ verb, always, lines: facts.filter((fact) => fact.group === group).toSorted(byConsequence).map(lineOf) }))
    .filter(({ lines, always }) => lines.length > 0 || always === true)
    .map(({ verb, lines }) => ({ verb, lines }));
}

/** A sentence cut at its backticks: names stand out, everything else is words. */
export function splitNames(sentence: string): { text: string; isName: boolean }[] {
  return sentence.split("`").map((text, index) => ({ text, isName: index % 2 === 1 })).filter(({ text }) => text !== "");
}
