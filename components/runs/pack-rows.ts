// How do ten thousand spans get to the browser? As columns in one text: no key and no empty field is sent for each, and the browser's own parser reads it.

import type { TraceRow } from "./trace-row.ts";

type Sparse<T> = readonly (readonly [place: number, value: T])[];

interface Columns {
  spanIds: string[];
  /** Each text once; the columns below name its place. */
  texts: string[];
  names: number[];
  kinds: number[];
  statuses: number[];
  depths: number[];
  offsetsUs: number[];
  durationsUs: number[];
  toolNames: Sparse<number>;
  models: Sparse<number>;
  messages: Sparse<number>;
  tokens: Sparse<number>;
  costsNanoUsd: Sparse<number>;
  parentMissing: number[];
}

export function packRows(rows: readonly TraceRow[]): string {
  const places = new Map<string, number>();
  const placeOf = (text: string): number => {
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, places.size);
    return places.size - 1;
  };
  const sparse = <T, U>(of: (row: TraceRow) => T | null, as: (value: T) => U): Sparse<U> =>
    rows.flatMap((row, place) => {
      const value = of(row);
      return value === null ? [] : [[place, as(value)] as const];
    });
  const asIs = (value: number): number => value;
  const columns: Omit<Columns, "texts"> = {
    spanIds: rows.map((row) => row.spanId),
    names: rows.map((row) => placeOf(row.name)),
    kinds: rows.map((row) => placeOf(row.kind)),
    statuses: rows.map((row) => placeOf(row.status)),
    depths: rows.map((row) => row.depth),
    offsetsUs: rows.map((row) => row.offsetUs),
    durationsUs: rows.map((row) => row.durationUs),
    toolNames: sparse((row) => row.toolName, placeOf),
    models: sparse((row) => row.model, placeOf),
    messages: sparse((row) => row.message, placeOf),
    tokens: sparse((row) => row.tokens, asIs),
    costsNanoUsd: sparse((row) => row.costNanoUsd, asIs),
    parentMissing: rows.flatMap((row, place) => (row.isParentMissing ? [place] : [])),
  };
  return JSON.stringify({ ...columns, texts: [...places.keys()] });
}

/** Of what `packRows` made, and of nothing else. */
export function unpackRows(packed: string): TraceRow[] {
  const columns = JSON.parse(packed) as Columns;
  const textAt = (place: number | undefined): string => columns.texts[place ?? -1] ?? "";
  const rows = columns.spanIds.map((spanId, place): TraceRow => ({
    spanId,
    name: textAt(columns.names[place]),
    kind: textAt(columns.kinds[place]) as TraceRow["kind"],
    status: textAt(columns.statuses[place]) as TraceRow["status"],
    depth: columns.depths[place] ?? 0,
    offsetUs: columns.offsetsUs[place] ?? 0,
    durationUs: columns.durationsUs[place] ?? 0,
    isParentMissing: false, toolName: null, model: null, message: null, tokens: null, costNanoUsd: null,
  }));
  const fill = <T>(column: Sparse<T>, put: (row: TraceRow, value: T) => void): void => {
    for (const [place, value] of column) {
      const row = rows[place];
      if (row) put(row, value);
    }
  };
  fill(columns.toolNames, (row, text) => (row.toolName = textAt(text)));
  fill(columns.models, (row, text) => (row.model = textAt(text)));
  fill(columns.messages, (row, text) => (row.message = textAt(text)));
  fill(columns.tokens, (row, tokens) => (row.tokens = tokens));
  fill(columns.costsNanoUsd, (row, cost) => (row.costNanoUsd = cost));
  fill(columns.parentMissing.map((place) => [place, true] as const), (row) => (row.isParentMissing = true));
  return rows;
}
