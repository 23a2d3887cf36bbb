import { StatusShape } from "@/components/ui/status-mark.tsx";
import { formatDurationMs, formatNumber } from "@/lib/format.ts";

/** As it travels to a browser: moments are ISO texts. */
export interface ShownDrill {
  id: string;
  /** What it covers, as an object in a sentence. */
  name: string;
  startedBy: string;
  startedAt: string;
  /** Null while it runs. */
  endedAt: string | null;
  isProven: boolean | null;
  expected: number;
  answered: number;
  medianMs: number | null;
  p99Ms: number | null;
  worstMs: number | null;
  /** What failed; empty when nothing did. */
  sentence: string;
}

export function drillHeadline({ endedAt, isProven, expected, answered, worstMs }: ShownDrill): string {
  const points = `${formatNumber(answered)} of ${formatNumber(expected)} ${expected === 1 ? "point" : "points"} answered`;
  if (endedAt === null) return `Rehearsal: ${points} so far.`;
  if (expected === 0) return "Rehearsal over: no point is connected there.";
  return isProven === true ? `Rehearsal passed: ${points}${worstMs === null ? "" : `, the last after ${formatDurationMs(worstMs)}`}.` : `Rehearsal failed: ${points}.`;
}

export function DrillResult({ drill }: { drill: ShownDrill }) {
  const isFailed = drill.endedAt !== null && drill.isProven === false && drill.expected > 0;
  return (
    <div className="drill" data-drill={drill.id}>
      <p className="drill-head">
        <StatusShape kind={drill.endedAt === null || drill.expected === 0 ? "unknown" : isFailed ? "warning" : "met"} />
        <b>{drillHeadline(drill)}</b>
      </p>
      {drill.expected > 0 && (
        <div className="drill-bar" role="img" aria-label={`${drill.answered} of ${drill.expected} answered`}>
          <i style={{ width: `${(drill.answered / drill.expected) * 100}%` }} />
        </div>
      )}
      <p className="meta">
        {drill.name}, started by {drill.startedBy}. {drill.medianMs !== null && `Median ${formatDurationMs(drill.medianMs)}, p99 ${formatDurationMs(drill.p99Ms)}. `}{isFailed && drill.sentence}
      </p>
    </div>
  );
}
