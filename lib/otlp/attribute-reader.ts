// Which attributes of a span became a field, and which are left over?

import { parseContent } from "./json-content.ts";
import { setOwn, type Attributes } from "./set-own.ts";
import { labelText } from "./storable-text.ts";

/** Reads the attributes of one span by lists of names, of which the first that is there wins, and remembers what it took. */
export class AttributeReader {
  readonly #attributes: Attributes;
  readonly #names: readonly string[];
  readonly #taken = new Set<string>();

  constructor(attributes: Attributes) {
    this.#attributes = attributes;
    this.#names = Object.keys(attributes);
  }

  names(): readonly string[] {
    return this.#names;
  }

  /** Looks without taking. The names asked for are ours, and none of them is one that objects inherit. */
  peek(name: string): unknown {
    return this.#attributes[name];
  }

  has(name: string): boolean {
    const value = this.peek(name);
    return value !== undefined && value !== null;
  }

  take(name: string): unknown {
    const value = this.peek(name);
    if (value !== undefined) this.#taken.add(name);
    return value ?? undefined;
  }

  /** A name or an id: text that is not blank, or a number. */
  takeLabel(names: readonly string[]): string | null {
    for (const name of names) {
      const label = labelOf(this.peek(name));
      if (label !== null) {
        this.#taken.add(name);
        return label;
      }
    }
    return null;
  }

  /** A whole number that is not negative. */
  takeCount(names: readonly string[]): number | null {
    for (const name of names) {
      const count = countOf(this.peek(name));
      if (count !== null) {
        this.#taken.add(name);
        return count;
      }
    }
    return null;
  }

  /** A value, parsed where it is JSON in a string; undefined when none of the names is there. */
  takeContent(names: readonly string[]): unknown {
    for (const name of names) {
      const value = this.take(name);
      if (value !== undefined) return parseContent(value);
    }
    return undefined;
  }

  /** Everything under `prefix`, by the rest of the name. */
  takeGroup(prefix: string): Attributes {
    const group: Attributes = {};
    for (const name of this.#names) {
      if (!name.startsWith(prefix)) continue;
      this.#taken.add(name);
      setOwn(group, name.slice(prefix.length), this.#attributes[name]);
    }
    return group;
  }

  /** Not kept, and no field either. */
  discard(names: readonly string[]): void {
    for (const name of names) this.#taken.add(name);
  }

  leftOver(isNotKept: (name: string) => boolean = () => false): Attributes {
    const rest: Attributes = {};
    for (const name of this.#names) if (!this.#taken.has(name) && !isNotKept(name)) setOwn(rest, name, this.#attributes[name]);
    return rest;
  }
}

export function labelOf(value: unknown): string | null {
  if (typeof value === "string") {
    const label = value.trim();
    return label === "" ? null : labelText(label);
  }
  return typeof value === "number" ? String(value) : null;
}

export function countOf(value: unknown): number | null {
  const count = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

/** `0.role`, `0.content`, `1.role` … as a list in the order of the numbers, whatever gaps they leave. */
export function numberedGroups(group: Attributes): Attributes[] {
  const byNumber = new Map<number, Attributes>();
  for (const name of Object.keys(group)) {
    const match = /^(\d{1,9})\.(.+)$/s.exec(name);
    if (!match) continue;
    const [, digits = "", rest = ""] = match;
    const member = byNumber.get(Number(digits)) ?? {};
    setOwn(member, rest, group[name]);
    byNumber.set(Number(digits), member);
  }
  return [...byNumber].toSorted(([a], [b]) => a - b).map(([, member]) => member);
}

/** The members of `group` whose name begins with `prefix`, by the rest of the name. */
export function subgroup(group: Attributes, prefix: string): Attributes {
  const result: Attributes = {};
  for (const name of Object.keys(group)) if (name.startsWith(prefix)) setOwn(result, name.slice(prefix.length), group[name]);
  return result;
}
