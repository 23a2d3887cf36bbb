// How are two texts set side by side for reading? Lines with numbers, changed words marked, the unchanged folded away.

import { diffArrays, diffWordsWithSpace } from "diff";

export interface DiffSegment {
  text: string;
  isChanged: boolean;
}

export interface DiffLine {
  kind: "same" | "added" | "removed";
  /** In its own text, from 1; null where lines have no number. */
  number: number | null;
  /** What the line is about, where lines are named instead of numbered. */
  label?: string;
  depth?: number;
  segments: DiffSegment[];
}

/** `note` stands in for lines that are left out. */
export type DiffRow = DiffLine | { kind: "skipped"; count: number } | { kind: "note"; text: string };

export interface LaidOutDiff {
  rows: DiffRow[];
  /** Places that differ; a line that was rewritten counts once. */
  edits: number;
  added: number;
  removed: number;
}

/** Unchanged lines shown around an edit; more than this many of them in a row are folded. */
const CONTEXT_LINES = 2;
/** Beyond it a comparison would take seconds, and nobody reads it line by line. */
const MAX_EDITED_LINES = 4_000;
/** Words are compared only where two lines have this share in common; below it the line counts as replaced. */
const MIN_COMMON_SHARE = 0.3;
const MAX_WORD_DIFF_LENGTH = 20_000;

const plain = (text: string): DiffSegment[] => [{ text, isChanged: false }];
const whole = (text: string): DiffSegment[] => [{ text, isChanged: true }];

/** The two halves of a rewritten line; words in common stay unmarked. */
export function markWords(before: string, after: string): { before: DiffSegment[]; after: DiffSegment[] } {
  if (before.length + after.length > MAX_WORD_DIFF_LENGTH) return { before: whole(before), after: whole(after) };
  const parts = diffWordsWithSpace(before, after);
  const common = parts.filter((part) => !part.added && !part.removed).reduce((sum, part) => sum + part.value.trim().length, 0);
  if (common < MIN_COMMON_SHARE * Math.max(before.trim().length, after.trim().length)) return { before: whole(before), after: whole(after) };
  return {
    before: parts.filter((part) => !part.added).map((part) => ({ text: part.value, isChanged: part.removed })),
    after: parts.filter((part) => !part.removed).map((part) => ({ text: part.value, isChanged: part.added })),
  };
}

interface Numbered {
  number: number;
  text: string;
}

function pairUp(removed: readonly Numbered[], added: readonly Numbered[]): DiffLine[] {
  const length = Math.max(removed.length, added.length);
  return Array.from({ length }, (_, index): DiffLine[] => {
    const old = removed[index];
    const young = added[index];
    const marked = old && young ? markWords(old.text, young.text) : null;
    return [
      ...(old ? [{ kind: "removed" as const, number: old.number, segments: marked?.before ?? whole(old.text) }] : []),
      ...(young ? [{ kind: "added" as const, number: young.number, segments: marked?.after ?? whole(young.text) }] : []),
    ];
  }).flat();
}

/** `isWhole` keeps every unchanged line. */
export function layOutTextDiff(before: string, after: string, isWhole = false): LaidOutDiff {
  const oldLines = before === "" ? [] : before.split(/\r?\n/);
  const newLines = after === "" ? [] : after.split(/\r?\n/);
  const parts = diffArrays(oldLines, newLines, { maxEditLength: MAX_EDITED_LINES }) ?? [
    { value: oldLines, removed: true, added: false, count: oldLines.length }, { value: newLines, removed: false, added: true, count: newLines.length },
  ];
  const rows: DiffRow[] = [];
  const counts = { edits: 0, added: 0, removed: 0 };
  let oldNumber = 1;
  let newNumber = 1;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index];
    if (!part) continue;
    if (!part.added && !part.removed) {
      rows.push(...fold(part.value, newNumber, { isFirst: index === 0, isLast: index === parts.length - 1, isWhole }));
      oldNumber += part.value.length;
      newNumber += part.value.length;
      continue;
    }
    const next = parts[index + 1];
    const removed = part.removed ? part.value : [];
    const added = part.added ? part.value : next?.added ? next.value : [];
    if (part.removed && next?.added) index++;
    rows.push(...pairUp(removed.map((text, at) => ({ text, number: oldNumber + at })), added.map((text, at) => ({ text, number: newNumber + at }))));
    oldNumber += removed.length;
    newNumber += added.length;
    counts.edits += Math.max(removed.length, added.length);
    counts.added += added.length;
    counts.removed += removed.length;
  }
  return { rows, ...counts };
}

function fold(lines: readonly string[], firstNumber: number, place: { isFirst: boolean; isLast: boolean; isWhole: boolean }): DiffRow[] {
  const shown = (from: number, to: number): DiffLine[] =>
    lines.slice(from, to).map((text, at) => ({ kind: "same", number: firstNumber + from + at, segments: plain(text) }));
  const head = place.isFirst ? 0 : CONTEXT_LINES;
  const tail = place.isLast ? 0 : CONTEXT_LINES;
  const count = lines.length - head - tail;
  // Folding a single line would save nothing.
  if (place.isWhole || count <= 1) return shown(0, lines.length);
  return [...shown(0, head), { kind: "skipped", count }, ...shown(lines.length - tail, lines.length)];
}
