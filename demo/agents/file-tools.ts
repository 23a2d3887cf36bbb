// The file tools of runbook-runner: two of those that the MCP server from npm offers, declared to the letter as it describes them.

import type { ToolSpec } from "../recipe.ts";
import type { Tool } from "../session.ts";

const DIALECT = { $schema: "http://json-schema.org/draft-07/schema#" } as const;

/** Another description or schema than the server's own would be a tool that nobody approved. */
const readSpec: ToolSpec = {
  name: "read_text_file", effect: "read", system: "runbooks",
  description: "Read the complete contents of a file from the file system as text. Handles various text encodings and provides detailed error messages if the file cannot be read. Use this tool when you need to examine the contents of a single file. Use the 'head' parameter to read only the first N lines of a file, or the 'tail' parameter to read only the last N lines of a file. Operates on the file as text regardless of extension. Only works within allowed directories.",
  inputSchema: {
    ...DIALECT, type: "object", required: ["path"],
    properties: { path: { type: "string" }, tail: { description: "If provided, returns only the last N lines of the file", type: "number" }, head: { description: "If provided, returns only the first N lines of the file", type: "number" } },
  },
};
const writeSpec: ToolSpec = {
  name: "write_file", effect: "write", system: "runbooks",
  description: "Create a new file or completely overwrite an existing file with new content. Use with caution as it will overwrite existing files without warning. Handles text content with proper encoding. Only works within allowed directories.",
  inputSchema: { ...DIALECT, type: "object", required: ["path", "content"], properties: { path: { type: "string" }, content: { type: "string" } } },
  compensation: { description: "The text before is put back from the history of the folder.", hook: { kind: "manual", instructions: "Take the file's text of before from the platform team's repository and write it back.", owner: "Platform on call" } },
};

export const readTextFile: Tool<{ path: string }, { content: string }> = { spec: readSpec, run: ({ path }, { runbooks }) => runbooks.read(path) };
export const writeFile: Tool<{ path: string; content: string }, { content: string }> = { spec: writeSpec, run: ({ path, content }, { runbooks }) => runbooks.write(path, content) };

export const isFileTool = (name: string): boolean => name === readSpec.name || name === writeSpec.name;
