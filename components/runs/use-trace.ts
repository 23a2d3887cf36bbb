"use client";

import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { askConsole } from "@/components/layout/ask-console.ts";
import { unpackRows } from "./pack-rows.ts";
import { shownRows, type PackedTrace, type TraceRow, type TraceShow } from "./trace-row.ts";

/** Each in its place; a hole where a row has not come yet. */
export type PlacedRows = readonly (TraceRow | undefined)[];

export interface OpenTrace {
  /** Without its rows. */
  facts: PackedTrace;
  /** Those that have come. */
  known: readonly TraceRow[];
  rowsOf: (show: TraceShow) => PlacedRows;
  hasFailed: boolean;
  readAgain: () => void;
}

/** A run that has grown since it was opened before is another one: what was kept of it then would stand over what the page knows now. */
export const wholeTraceQuery = ({ runId, counts, totalUs, noteworthy, isWhole }: PackedTrace) =>
  queryOptions({
    queryKey: ["trace", runId, counts.all, totalUs, noteworthy.length], enabled: !isWhole, staleTime: Infinity,
    queryFn: ({ signal }) => askConsole<PackedTrace>(`/api/console/runs/${encodeURIComponent(runId)}`, signal),
  });

/** Begins with what the page was sent; the rest of a long run is asked for as soon as the page can be used. */
export function useTrace(initial: PackedTrace): OpenTrace {
  const { data, isError, refetch } = useQuery(wholeTraceQuery(initial));
  const facts = data ?? initial;
  const known = useMemo(() => unpackRows(facts.packedRows), [facts.packedRows]);
  return useMemo(() => ({
    facts, known, hasFailed: isError, readAgain: () => void refetch(),
    rowsOf: (show) => (facts.isWhole ? shownRows(known, show) : placed(show === facts.show ? known : [], facts.from, facts.counts[show])),
  }), [facts, isError, known, refetch]);
}

function placed(rows: readonly TraceRow[], from: number, count: number): PlacedRows {
  const places = Array.from<TraceRow | undefined>({ length: count });
  for (const [index, row] of rows.entries()) places[from + index] = row;
  return places;
}
