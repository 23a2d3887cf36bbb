// What does a reviewer see of two recipes? One section for each component that differs, under the tab it belongs to.

import { entriesOfJson, entriesOfTool } from "./entries-of-component.ts";
import { isJsonObject } from "./json-object.ts";
import { layOutEntryDiff, type Entry } from "./lay-out-entry-diff.ts";
import { layOutTextDiff, type DiffRow, type LaidOutDiff } from "./lay-out-text-diff.ts";
import type { Component, ComponentKind, PromptComponent, ToolComponent } from "./manifest.ts";
import { policyTextOf } from "./policy-text-fact.ts";

export const DIFF_TABS = ["prompt", "tools", "policy", "model", "other"] as const;
export type DiffTab = (typeof DIFF_TABS)[number];

export const TAB_OF_KIND: Record<ComponentKind, DiffTab> = {
  prompt: "prompt", tool: "tools", policy: "policy", model: "model", memory: "other", escalation: "other", workflow: "other", retrieval: "other",
};

const KIND_NAMES: Record<ComponentKind, string> = {
  prompt: "Prompt", tool: "Tool", policy: "Policy", model: "Model", memory: "Memory", escalation: "Escalation", workflow: "Workflow", retrieval: "Retrieval source",
};

export interface DiffSection {
  /** An anchor on the page. */
  id: string;
  tab: DiffTab;
  kind: ComponentKind;
  /** "Prompt", "Prompt planner", or a tool's name. */
  title: string;
  state: "added" | "removed" | "changed";
  /** For instance "2 lines edited, 1 added". */
  summary: string;
  fromDigest: string | null;
  toDigest: string | null;
  edits: number;
  rows: DiffRow[];
  /** Lines with numbers; otherwise each line has a name. */
  isText: boolean;
}

export interface LaidOutRecipes {
  sections: DiffSection[];
  /** Edits by tab. */
  counts: Record<DiffTab, number>;
  /** What is equal in both, by kind: names. */
  unchanged: { kind: ComponentKind; names: string[] }[];
}

/** A section longer than this is cut; the rest is a step further. */
const MAX_ROWS = 300;
const MAX_ROWS_WHOLE = 6_000;

const keyOf = (component: Component): string => `${component.kind} ${component.name}`;

export const sectionId = (kind: string, name: string): string => `${kind}-${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;

function titleOf({ kind, name }: Component): string {
  if (kind === "tool") return name;
  return name === kind || name === "main" ? KIND_NAMES[kind] : `${KIND_NAMES[kind]} ${name}`;
}

/** What is shown of a pair of components: one part, or two for a policy with a text. */
interface Part {
  name: string;
  title: string;
  isText: boolean;
  state: DiffSection["state"];
  diff: LaidOutDiff;
}

function partsOf(before: Component | undefined, after: Component | undefined, isWhole: boolean): Part[] {
  const component = after ?? before;
  if (!component) return [];
  const whole = { name: component.name, title: titleOf(component), state: stateOf(before, after) };
  if (component.kind === "prompt") return [{ ...whole, isText: true, diff: layOutTextDiff(promptText(before), promptText(after), isWhole) }];
  const [old, young] = [policyTextOf(before?.content), policyTextOf(after?.content)];
  if (component.kind === "policy" && old !== young) {
    const [restBefore, restAfter] = [withoutText(before), withoutText(after)];
    const rest = restBefore.length + restAfter.length === 0 ? null : layOutEntryDiff(restBefore, restAfter, isWhole);
    const text = { name: "text", title: "Policy text", isText: true, state: stateOf(old, young), diff: layOutTextDiff(old ?? "", young ?? "", isWhole) };
    return rest && rest.edits > 0 ? [{ ...whole, isText: false, diff: rest }, text] : [text];
  }
  return [{ ...whole, isText: false, diff: layOutEntryDiff(entriesOf(before), entriesOf(after), isWhole) }];
}

const stateOf = (before: unknown, after: unknown): DiffSection["state"] => (before === undefined ? "added" : after === undefined ? "removed" : "changed");

function entriesOf(component: Component | undefined): Entry[] {
  if (!component) return [];
  return component.kind === "tool" ? entriesOfTool(component.content as unknown as ToolComponent) : entriesOfJson(component.content);
}

const promptText = (component: Component | undefined): string => (component?.content as unknown as PromptComponent | undefined)?.text ?? "";

/** The rest of a policy; one that is nothing but its text has none. */
function withoutText(component: Component | undefined): Entry[] {
  if (!component || !isJsonObject(component.content)) return entriesOf(component);
  const rest = Object.entries(component.content).filter(([name, value]) => name !== "cedar" || typeof value !== "string");
  return rest.length === 0 ? [] : entriesOfJson(Object.fromEntries(rest) as Component["content"]);
}

function summaryOf(kind: ComponentKind, { state, isText, diff: { added, removed, edits } }: Part): string {
  const noun = isText ? "line" : "entry";
  const count = (value: number): string => `${value} ${value === 1 ? noun : noun === "entry" ? "entries" : "lines"}`;
  if (state === "added") return kind === "tool" ? "new tool" : `new, ${count(added)}`;
  if (state === "removed") return kind === "tool" ? "tool removed" : `removed, ${count(removed)}`;
  const edited = added + removed - edits;
  const parts = [edited > 0 ? `${edited} edited` : "", added > edited ? `${added - edited} added` : "", removed > edited ? `${removed - edited} removed` : ""].filter(Boolean);
  return parts.length === 0 ? "differs in nothing that is shown" : parts.join(", ").replace(/^(\d+)/, (number) => count(Number(number)));
}

function cut(rows: DiffRow[], isWhole: boolean): DiffRow[] {
  const limit = isWhole ? MAX_ROWS_WHOLE : MAX_ROWS;
  return rows.length <= limit ? rows : [...rows.slice(0, limit), { kind: "note", text: `${(rows.length - limit).toLocaleString("en")} more lines of this comparison are not shown.` }];
}

/** `isWhole` keeps unchanged lines too. */
export function layOutDiff(before: readonly Component[], after: readonly Component[], isWhole = false): LaidOutRecipes {
  const old = new Map(before.map((component) => [keyOf(component), component]));
  const young = new Map(after.map((component) => [keyOf(component), component]));
  const sections: DiffSection[] = [];
  const unchanged = new Map<ComponentKind, string[]>();
  for (const key of new Set([...young.keys(), ...old.keys()])) {
    const from = old.get(key);
    const to = young.get(key);
    const component = to ?? from;
    if (!component) continue;
    const { kind, name } = component;
    if (from?.digest === to?.digest) {
      unchanged.set(kind, [...(unchanged.get(kind) ?? []), name]);
      continue;
    }
    for (const part of partsOf(from, to, isWhole)) {
      sections.push({
        id: sectionId(kind, part.name), tab: TAB_OF_KIND[kind], kind, title: part.title, state: part.state, summary: summaryOf(kind, part),
        fromDigest: from?.digest ?? null, toDigest: to?.digest ?? null, edits: Math.max(1, part.diff.edits), rows: cut(part.diff.rows, isWhole), isText: part.isText,
      });
    }
  }
  const ordered = sections.toSorted((a, b) => DIFF_TABS.indexOf(a.tab) - DIFF_TABS.indexOf(b.tab) || rank(a) - rank(b));
  const counts = Object.fromEntries(DIFF_TABS.map((tab) => [tab, ordered.filter((section) => section.tab === tab).reduce((sum, section) => sum + section.edits, 0)]));
  return { sections: ordered, counts: counts as Record<DiffTab, number>, unchanged: [...unchanged].map(([kind, names]) => ({ kind, names })) };
}

/** What was added can do most harm, so it is read first. */
const rank = (section: DiffSection): number => ["added", "changed", "removed"].indexOf(section.state);

const UNCHANGED_NAMES: Record<ComponentKind, string> = {
  model: "model and its parameters", prompt: "prompt", tool: "tools", policy: "policy", memory: "memory", escalation: "escalation rules", workflow: "workflow", retrieval: "retrieval sources",
};
const NAMES_LISTED = 5;

/** "Model and its parameters, memory, tools order_get and refund_void."; null when nothing is equal. */
export function unchangedWords({ unchanged, sections }: LaidOutRecipes): string | null {
  const parts = unchanged.map(({ kind, names }) => {
    // Where a kind is equal as a whole its name says it all.
    if (!sections.some((section) => section.kind === kind)) return UNCHANGED_NAMES[kind];
    const listed = names.length <= NAMES_LISTED ? names.join(", ") : `${names.slice(0, NAMES_LISTED).join(", ")} and ${names.length - NAMES_LISTED} more`;
    return `${UNCHANGED_NAMES[kind]} ${listed}`;
  });
  const text = parts.join(", ");
  return text === "" ? null : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
