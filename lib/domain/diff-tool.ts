// What changed about one tool: its effect, what it accepts, what it says of itself, how it is taken back?

import { differsOnlyInPunctuation } from "./diff-prompt.ts";
import { diffSchema, type SchemaChange } from "./diff-schema.ts";
import type { Fact, FactKind } from "./fact.ts";
import { isDeepStrictEqualJson } from "./json-object.ts";
import { TOOL_EFFECTS, type ToolComponent } from "./manifest.ts";
import { quoted } from "./quote.ts";

const EFFECT_WORDS = { read: "reads", write: "writes", irreversible: "irreversible" } as const;

function factOf(tool: ToolComponent, kind: FactKind, group: Fact["group"], sentence: string): Fact {
  return { kind, component: "tool", subject: tool.name, group, sentence };
}

const undo = (tool: ToolComponent): string => {
  if (tool.effect === "read") return "";
  if (!tool.compensation) return " No way to take it back.";
  const within = tool.compensation.withinHours ? ` within ${tool.compensation.withinHours} h` : "";
  return ` Can be taken back${within}: ${tool.compensation.description}`;
};

export function gainedTool(tool: ToolComponent): Fact[] {
  const kind = tool.effect === "read" ? "tool_added_read" : tool.effect === "write" ? "tool_added_write" : "tool_added_irreversible";
  const reach = tool.system ? `, reaches ${quoted(tool.system)}` : "";
  return [factOf(tool, kind, "gains", `Tool ${quoted(tool.name)} (${EFFECT_WORDS[tool.effect]}${reach}).${undo(tool)}`)];
}

export function diffTool(before: ToolComponent, after: ToolComponent): Fact[] {
  return [...diffEffect(before, after), ...diffSystem(before, after), ...diffInput(before, after), ...diffDescription(before, after), ...diffOutput(before, after), ...diffAmount(before, after), ...diffCompensation(before, after)];
}

function diffEffect(before: ToolComponent, after: ToolComponent): Fact[] {
  const step = TOOL_EFFECTS.indexOf(after.effect) - TOOL_EFFECTS.indexOf(before.effect);
  if (step === 0) return [];
  const sentence = `${quoted(after.name)}: effect ${before.effect} → ${after.effect}.`;
  return [step > 0 ? factOf(after, "tool_effect_raised", "raises", sentence) : factOf(after, "tool_effect_lowered", "narrows", sentence)];
}

/**
 * The same tool, pointed at another system, is another tool, even when the agent reaches both systems already. One that stops saying
 * which system it reaches may reach any.
 */
function diffSystem(before: ToolComponent, after: ToolComponent): Fact[] {
  const [old, young] = [before.system ?? "", after.system ?? ""];
  if (old === young) return [];
  if (young === "") return [factOf(after, "tool_schema_changed", "changes", `${quoted(after.name)} no longer says which system it reaches; it was ${quoted(old)}.`)];
  return [factOf(after, "external_system_added", "widens", `${quoted(after.name)} reaches ${quoted(young)} instead of ${old === "" ? "no named system" : quoted(old)}.`)];
}

const KIND_OF_CHANGE: Record<Exclude<SchemaChange["change"], "annotation">, { kind: FactKind; group: Fact["group"] }> = {
  added: { kind: "tool_schema_widened", group: "widens" },
  widened: { kind: "tool_schema_widened", group: "widens" },
  changed: { kind: "tool_schema_changed", group: "widens" },
  narrowed: { kind: "tool_schema_narrowed", group: "narrows" },
  removed: { kind: "tool_schema_narrowed", group: "narrows" },
};

function diffInput(before: ToolComponent, after: ToolComponent): Fact[] {
  return diffSchema(before.inputSchema, after.inputSchema).map((change) => {
    if (change.change === "annotation") return factOf(after, "tool_description", "changes", `${quoted(after.name)}: ${change.sentence}`);
    const { kind, group } = KIND_OF_CHANGE[change.change];
    return factOf(after, kind, group, `${quoted(after.name)}: ${change.sentence}`);
  });
}

function diffDescription(before: ToolComponent, after: ToolComponent): Fact[] {
  const [old, young] = [before.description ?? "", after.description ?? ""];
  if (old === young) return [];
  return [differsOnlyInPunctuation(old, young)
    ? factOf(after, "tool_description_punctuation", "changes", `${quoted(after.name)}: the description differs in punctuation only.`)
    : factOf(after, "tool_description", "changes", `${quoted(after.name)} is described differently.`)];
}

function diffOutput(before: ToolComponent, after: ToolComponent): Fact[] {
  if (isDeepStrictEqualJson(before.outputSchema, after.outputSchema)) return [];
  return [factOf(after, "tool_output_changed", "changes", `${quoted(after.name)} gives back something else.`)];
}

/** Sums that are limited are sums of this: read from elsewhere, a limit may never be reached. */
function diffAmount(before: ToolComponent, after: ToolComponent): Fact[] {
  if (isDeepStrictEqualJson(before.amount, after.amount)) return [];
  const sentence = after.amount ? `${quoted(after.name)}: the money that counts is read from ${quoted(after.amount.path)}, in ${after.amount.currency}.` : `${quoted(after.name)} no longer says how much money it moves.`;
  return [factOf(after, "tool_schema_changed", before.amount ? "widens" : "changes", sentence)];
}

function diffCompensation(before: ToolComponent, after: ToolComponent): Fact[] {
  if (isDeepStrictEqualJson(before.compensation, after.compensation)) return [];
  if (!after.compensation) return [factOf(after, "compensation_removed", "loses", `${quoted(after.name)} can no longer be taken back.`)];
  if (!before.compensation) return [factOf(after, "compensation_added", "changes", `${quoted(after.name)} can be taken back now.`)];
  return [factOf(after, "compensation_changed", "changes", `${quoted(after.name)} is taken back in another way.`)];
}
