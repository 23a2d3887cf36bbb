// What an agent is made of, in the words of POST /v1/agents/{agent}/versions. The demo is an outsider: it imports nothing of the product.

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export interface JsonObject {
  [key: string]: JsonValue;
}

export interface ToolSpec {
  name: string;
  description: string;
  inputSchema: JsonObject;
  effect: "read" | "write" | "irreversible";
  system?: string;
  amount?: { path: string; unit: "minor" | "major"; currency: string };
  compensation?: { description: string; withinHours?: number; hook?: { kind: "tool"; tool: string } | { kind: "manual"; instructions: string; owner: string } };
}

export interface Recipe {
  label: string;
  model: { provider: string; name: string; parameters: { temperature: number; max_output_tokens: number } };
  prompt: string;
  tools: ToolSpec[];
  policy: { limits: Record<string, number>; rules: string[]; cedar?: string };
  escalation: { rules: string[] };
  memory: JsonObject;
}

/** Throws when a passage is not there, so that a story cannot silently lose its change. */
export function edited(text: string, edits: readonly (readonly [from: string, to: string])[]): string {
  return edits.reduce((current, [from, to]) => {
    if (!current.includes(from)) throw new Error(`The passage to edit is not in the text: ${from}`);
    return current.replace(from, to);
  }, text);
}

/** A JSON Schema of an object with all properties required unless named as optional. */
export function parameters(properties: Record<string, JsonObject>, optional: readonly string[] = []): JsonObject {
  return { type: "object", properties, required: Object.keys(properties).filter((name) => !optional.includes(name)), additionalProperties: false };
}
