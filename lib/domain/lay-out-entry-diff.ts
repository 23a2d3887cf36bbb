// How are two lists of named values set side by side? By name, not by position, so that what moved does not count as changed.

import { markWords, type DiffLine, type DiffRow, type LaidOutDiff } from "./lay-out-text-diff.ts";

export interface Entry {
  /** What it is about; entries with equal labels, the items of one list, are told apart by their text. */
  label: string;
  text: string;
  depth?: number;
}

function lineOf(kind: DiffLine["kind"], entry: Entry, segments: DiffLine["segments"]): DiffLine {
  return { kind, number: null, label: entry.label, segments, ...(entry.depth ? { depth: entry.depth } : {}) };
}

const unchanged = (entry: Entry): DiffLine => lineOf("same", entry, [{ text: entry.text, isChanged: false }]);

function changedLines(removed: readonly Entry[], added: readonly Entry[]): DiffLine[] {
  const length = Math.max(removed.length, added.length);
  return Array.from({ length }, (_, index): DiffLine[] => {
    const old = removed[index];
    const young = added[index];
    const marked = old && young ? markWords(old.text, young.text) : null;
    return [
      ...(old ? [lineOf("removed", old, marked?.before ?? [{ text: old.text, isChanged: true }])] : []),
      ...(young ? [lineOf("added", young, marked?.after ?? [{ text: young.text, isChanged: true }])] : []),
    ];
  }).flat();
}

/** What is in `left` and not in `right`, each copy counted. */
function without(left: readonly Entry[], right: readonly Entry[]): Entry[] {
  const rest = new Map<string, number>();
  for (const { text } of right) rest.set(text, (rest.get(text) ?? 0) + 1);
  return left.filter(({ text }) => {
    const count = rest.get(text) ?? 0;
    if (count > 0) rest.set(text, count - 1);
    return count === 0;
  });
}

/** In the order of `after`, with what was removed at its end; unchanged entries are folded unless `isWhole`. */
export function layOutEntryDiff(before: readonly Entry[], after: readonly Entry[], isWhole = false): LaidOutDiff {
  const oldByLabel = Map.groupBy(before, (entry) => entry.label);
  const newByLabel = Map.groupBy(after, (entry) => entry.label);
  const rows: DiffRow[] = [];
  const counts = { edits: 0, added: 0, removed: 0 };
  let skipped = 0;
  for (const label of new Set([...newByLabel.keys(), ...oldByLabel.keys()])) {
    const old = oldByLabel.get(label) ?? [];
    const young = newByLabel.get(label) ?? [];
    const removed = without(old, young);
    const added = without(young, old);
    const same = without(young, added);
    if (isWhole) rows.push(...same.map(unchanged));
    else skipped += same.length;
    rows.push(...changedLines(removed, added));
    counts.edits += Math.max(removed.length, added.length);
    counts.added += added.length;
    counts.removed += removed.length;
  }
  if (skipped > 0) rows.push({ kind: "skipped", count: skipped });
  return { rows, ...counts };
}
