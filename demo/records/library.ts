// Documents that can be searched and, unless they are under embargo, read.

import { existing, ToolFailure } from "./tool-failure.ts";

export interface LibraryDocument {
  id: string;
  title: string;
  year: number;
  words: readonly string[];
  text: string;
  isUnderEmbargo: boolean;
}

export class Library {
  readonly #documents = new Map<string, LibraryDocument>();

  add(document: LibraryDocument): void {
    this.#documents.set(document.id, document);
  }

  /** Best first, by words in common, then newest. */
  search(query: string, limit: number): { id: string; title: string; year: number; score: number }[] {
    const wanted = new Set(query.toLowerCase().split(/\W+/));
    return [...this.#documents.values()]
      .map(({ id, title, year, words }) => ({ id, title, year, score: words.filter((word) => wanted.has(word)).length }))
      .filter(({ score }) => score > 0)
      .toSorted((a, b) => b.score - a.score || b.year - a.year || a.id.localeCompare(b.id))
      .slice(0, limit);
  }

  open(id: string): { id: string; title: string; year: number; text: string } {
    const { title, year, text, isUnderEmbargo } = existing(this.#documents.get(id), "gone", `Document ${id} is no longer in the library.`);
    if (isUnderEmbargo) throw new ToolFailure("insufficient_rights", `${id} is under embargo.`);
    return { id, title, year, text };
  }
}
