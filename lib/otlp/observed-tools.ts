// Which tools did a model get to choose from? Every library nests the same three facts differently.

import type { ObservedTool } from "../domain/agent-span.ts";
import { isRecord, ownValue, parseContent } from "./json-content.ts";

const SCHEMA_KEYS = ["inputSchema", "input_schema", "parameters", "schema", "jsonSchema", "json_schema"];

/** null when this is no complete list of tools: half a list would look as if tools had been removed. */
export function observedTools(content: unknown): ObservedTool[] | null {
  const list = parseContent(content);
  if (!Array.isArray(list)) return null;
  const tools = list.map(observedTool);
  return tools.every((tool) => tool !== null) ? tools : null;
}

export function observedTool(content: unknown): ObservedTool | null {
  const outer = parseContent(content);
  if (!isRecord(outer)) return null;
  // OpenAI: {type: "function", function: {name, description, parameters}}; Bedrock: {toolSpec: {name, description, inputSchema: {json}}}.
  const tool = [ownValue(outer, "function"), ownValue(outer, "toolSpec")].map(parseContent).find(isRecord) ?? outer;
  // A tool of the provider itself, such as a web search, has a type and no name.
  const type = ownValue(tool, "type");
  const name = ownValue(tool, "name") ?? (type === "function" ? undefined : type);
  if (typeof name !== "string" || name === "") return null;
  const description = ownValue(tool, "description");
  return { name, description: typeof description === "string" ? description : null, inputSchema: schemaOf(tool) };
}

function schemaOf(tool: unknown): unknown {
  for (const key of SCHEMA_KEYS) {
    const schema = parseContent(ownValue(tool, key));
    if (schema === undefined || schema === null) continue;
    const inner = ownValue(schema, "json") ?? ownValue(schema, "jsonSchema");
    return isRecord(inner) ? inner : schema;
  }
  return null;
}
