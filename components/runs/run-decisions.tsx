import { Link } from "@/components/ui/link.tsx";
import { StatusMark, type StatusKind } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { ACTION_STATE_WORDS, isActionState } from "@/lib/domain/action-state.ts";
import { formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";

interface RunDecisionsProps {
  rows: readonly {
    id: string; tool: string; decision: string; sentence: string; policies: readonly string[]; isRecommendation: boolean; actionId: string | null; actionState: string | null; decidedAt: string;
  }[];
  more: number;
}

const DECISIONS: Record<string, { word: string; mark: StatusKind }> = {
  permit: { word: "Permitted", mark: "ok" }, hold: { word: "Held for a person", mark: "waiting" }, deny: { word: "Denied", mark: "rejected" },
};

/** The gate's answers of this run, in the order of asking. */
export function RunDecisions({ rows, more }: RunDecisionsProps) {
  return (
    <section className="border-b border-line" aria-labelledby="gate-decisions">
      <div className="flex flex-wrap items-baseline gap-x-3 p-4 pb-1">
        <h2 className="card-title" id="gate-decisions">At the gate</h2>
        <span className="meta">{formatCount(rows.length + more, "decision")}</span>
      </div>
      <ol className="rows run-decisions">
        {rows.map((row) => {
          const { word, mark } = DECISIONS[row.decision] ?? { word: row.decision, mark: "unknown" as const };
          return (
            <li key={row.id}>
              <p className="dense flex flex-wrap items-center gap-x-2">
                <StatusMark kind={mark}>{row.isRecommendation ? "Denied, recorded as a recommendation" : word}</StatusMark> <code><UntrustedText text={row.tool} maxLength={120} /></code>
              </p>
              <p className="dense text-fg-2"><UntrustedText text={row.sentence} maxLength={600} /></p>
              <p className="meta">
                <Time at={row.decidedAt} show="both" />
                {row.policies.length > 0 && <>, by <UntrustedText text={row.policies.join(", ")} maxLength={200} /></>}
              </p>
              {row.actionId !== null && (
                <p className="dense"><Link className="link" href={paths.action(row.actionId)}>The action</Link>: {row.actionState !== null && isActionState(row.actionState) ? ACTION_STATE_WORDS[row.actionState] : "not known"}</p>
              )}
            </li>
          );
        })}
      </ol>
      {more > 0 && <p className="meta p-4">{formatCount(more, "later decision")} not shown.</p>}
    </section>
  );
}
