// Are two recipes the same? Each component has a content address, and the fingerprint is the address of all of them.

import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { Component, ComponentKind, ComponentRef, Json, Manifest } from "./manifest.ts";

const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

/** What canonicalize would silently turn into something else (a date, a hole, a class instance) must not get an address. */
function requireJson(root: unknown): void {
  const pending: unknown[] = [root];
  const seen = new Set<object>();
  while (pending.length > 0) {
    const value = pending.pop();
    if (value === null || typeof value === "string" || typeof value === "boolean" || typeof value === "number") continue;
    if (typeof value !== "object") throw new TypeError(`${typeof value} cannot be written as JSON`);
    if (seen.has(value)) continue;
    seen.add(value);
    if (Array.isArray(value)) {
      for (const item of value) pending.push(item);
      continue;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) throw new TypeError("only plain objects can be written as JSON");
    // A member without a value is not stored either, so it counts as absent.
    for (const member of Object.values(value)) if (member !== undefined) pending.push(member);
  }
}

/**
 * `sha256:` and 64 hex digits over the canonical form of RFC 8785 (JCS). Throws for what that form cannot express: numbers that are
 * not finite, lone surrogates, circles, and anything that is not JSON.
 */
export function digestOf(json: Json): string {
  requireJson(json);
  const text = canonicalize(json);
  if (text === undefined) throw new TypeError("this value cannot be written as JSON");
  return `sha256:${sha256(text)}`;
}

function component(kind: ComponentKind, name: string, content: Json): Component {
  return { kind, name, digest: digestOf(content), content };
}

/** `null` says the same as leaving a kind out. The label is a name for the recipe and no part of it. */
export function componentsOf(manifest: Manifest): Component[] {
  const prompts = typeof manifest.prompt === "string" ? [{ name: "main", text: manifest.prompt }] : manifest.prompt;
  const single = (["policy", "memory", "escalation", "workflow"] as const).flatMap((kind) => {
    const content = manifest[kind];
    return content === undefined || content === null ? [] : [component(kind, kind, content as Json)];
  });
  return [
    component("model", "model", manifest.model as Json),
    ...prompts.map((prompt) => component("prompt", prompt.name, prompt)),
    ...manifest.tools.map((tool) => component("tool", tool.name, tool as Json)),
    ...single,
    ...(manifest.retrieval ?? []).map((source) => component("retrieval", source.name, source as Json)),
  ];
}

/** Does not depend on the order of the components. */
export function fingerprintOf(refs: readonly ComponentRef[]): string {
  // A JSON array of three strings has one reading only, whatever characters a name contains.
  const lines = refs.map(({ kind, name, digest }) => JSON.stringify([kind, name, digest])).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return digestOf(lines);
}

/** For people: "sha256:9f3c41d2…" becomes "9f3c 41d2". */
export function shortFingerprint(fingerprint: string): string {
  const hex = fingerprint.replace(/^sha256:/, "");
  return `${hex.slice(0, 4)} ${hex.slice(4, 8)}`.trim();
}

/** SHA-256 of the exact text in hex, to compare system instructions seen in traffic with declared ones. */
export const promptHashOf = (text: string): string => sha256(text);

export interface ToolContract {
  name: string;
  description?: string | null | undefined;
  inputSchema?: unknown;
}

/**
 * Over what a trace carries of a tool. An empty description says as much as none, and no schema as much as `{}`. Traffic may hold what
 * RFC 8785 cannot express; such a contract gets a digest that no declared tool can have.
 */
export function toolContractDigest({ name, description, inputSchema }: ToolContract): string {
  const contract = { name, description: description || null, inputSchema: inputSchema ?? {} };
  try {
    return digestOf(contract as unknown as Json);
  } catch {
    return `sha256:${sha256(`not canonical ${unreadable(contract)}`)}`;
  }
}

function unreadable(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "not JSON";
  }
}
