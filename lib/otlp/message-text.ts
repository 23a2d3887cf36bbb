// What does a message say? Content is a string, a list of parts, or one part, and a part has its text under one of three names.

import { isRecord, ownValue, parseContent } from "./json-content.ts";

export function contentText(content: unknown): string | null {
  if (typeof content === "string") return content === "" ? null : content;
  if (Array.isArray(content)) {
    const texts = content.map(contentText).filter((text) => text !== null);
    return texts.length > 0 ? texts.join("\n") : null;
  }
  if (!isRecord(content)) return null;
  for (const key of ["content", "text", "parts"]) {
    const text = contentText(ownValue(content, key));
    if (text !== null) return text;
  }
  return null;
}

/** The text of the first system (or developer) message in a list of messages, or of `system` beside them. */
export function systemTextOf(content: unknown): string | null {
  const parsed = parseContent(content);
  const beside = contentText(ownValue(parsed, "system"));
  if (beside !== null) return beside;
  const messages = ownValue(parsed, "messages") ?? parsed;
  if (!Array.isArray(messages)) return null;
  const system: unknown = messages.find((message) => {
    const role = ownValue(message, "role");
    return role === "system" || role === "developer";
  });
  return system === undefined ? null : contentText(system);
}

/** System instructions in an attribute of their own: plain text, or a list of parts as JSON or as it is. */
export function instructionsText(content: unknown): string | null {
  const parsed = parseContent(content);
  // JSON that a length limit of the sender cut off is not the instructions.
  if (typeof parsed === "string" && /^\s*\[\s*\{\s*"/.test(parsed)) return null;
  return contentText(parsed);
}
