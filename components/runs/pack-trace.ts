// What of a run is sent first? A short one whole; of a long one the rows around the span that is shown, so that it can be used before ten thousand have come.

import { packRows } from "./pack-rows.ts";
import { shownRows, TRACE_SHOWS, type PackedTrace, type Trace, type TraceRow, type TraceShow, type TraceView } from "./trace-row.ts";

/** More than two screens of rows above and below. */
const SENT_AROUND = { before: 60, after: 140 } as const;
const SENT_WHOLE = 400;

export const countShown = (rows: readonly TraceRow[]): Record<TraceShow, number> =>
  Object.fromEntries(TRACE_SHOWS.map((show) => [show, shownRows(rows, show).length])) as Record<TraceShow, number>;

export function packTrace({ rows, ...facts }: Trace): PackedTrace {
  return { ...facts, packedRows: packRows(rows), show: "all", from: 0, counts: countShown(rows), isWhole: true };
}

/** With what the address asks for; the span that explains the run where it asks for none that is there. */
export function packTraceStart(trace: Trace, { span, show }: Pick<TraceView, "span" | "show">): PackedTrace {
  if (trace.rows.length <= SENT_WHOLE) return packTrace(trace);
  const { rows, ...facts } = trace;
  const shown = shownRows(rows, show);
  const placeOf = (spanId: string | null | undefined): number => shown.findIndex((row) => row.spanId === spanId);
  const asked = placeOf(span);
  const at = Math.max(0, asked >= 0 ? asked : placeOf(trace.noteworthy[0]?.spanId));
  const from = Math.max(0, at - SENT_AROUND.before);
  return { ...facts, packedRows: packRows(shown.slice(from, at + SENT_AROUND.after)), show, from, counts: countShown(rows), isWhole: false };
}
