// Which tools does the agent get to see, and are they still the ones that were seen before?

import { digestOf } from "../lib/domain/fingerprint.ts";
import { isJsonObject, own, type JsonObject } from "../lib/domain/json-object.ts";
import type { Json } from "../lib/domain/manifest.ts";

export type Tool = JsonObject & { name: string };

const isTool = (value: unknown): value is Tool => isJsonObject(value) && typeof own(value, "name") === "string";

/** All that tells a model or a person what a tool does; icons and `_meta` do not. */
const CONTRACT = ["name", "title", "description", "inputSchema", "outputSchema", "annotations", "execution"];

/** What is no tool, or may not be called anyhow, is not shown. */
export function shownTools(tools: readonly unknown[], mayBeCalled: (name: string) => boolean): Tool[] {
  return tools.filter(isTool).filter(({ name }) => mayBeCalled(name));
}

/** `sha256:` and 64 hex digits over RFC 8785; the same in every order. Null when a contract is not to be expressed in it. */
export function fingerprintOfTools(tools: readonly Tool[]): string | null {
  try {
    const digests = tools.map((tool) => digestOf(Object.fromEntries(CONTRACT.filter((name) => Object.hasOwn(tool, name)).map((name) => [name, tool[name] as Json]))));
    return digestOf(digests.toSorted());
  } catch {
    return null;
  }
}

const PAGES_AT_ONCE = 100;

/** A list comes in pages; only as a whole can it be told from the one before. */
export class ListedPages {
  readonly #before = new Map<string, Tool[]>();

  /** The whole list when this was its last page, else null. */
  add(cursor: unknown, page: readonly Tool[], next: unknown): Tool[] | null {
    const before = typeof cursor === "string" ? this.#before.get(cursor) : [];
    if (typeof cursor === "string") this.#before.delete(cursor);
    if (before === undefined) return null;
    const sofar = [...before, ...page];
    if (typeof next !== "string") return sofar;
    if (this.#before.size >= PAGES_AT_ONCE) this.#before.clear();
    this.#before.set(next, sofar);
    return null;
  }
}
