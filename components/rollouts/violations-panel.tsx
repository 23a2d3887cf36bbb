import { StatusShape } from "@/components/ui/status-mark.tsx";
import type { CanaryVerdict } from "@/lib/domain/judge-canary.ts";
import { formatNumber } from "@/lib/format.ts";
import type { VersionNumbers } from "./shown-rollout.ts";

/** What was attempted is judged like every metric; what escaped ends the rollout. */
export function ViolationsPanel({ verdict, versions }: { verdict: CanaryVerdict; versions: VersionNumbers }) {
  const metric = verdict.metrics.find((one) => one.metric === "violations");
  const { escaped } = verdict;
  const blocked = { current: metric?.current.events ?? null, candidate: metric?.candidate.events ?? null };
  const attempted = { current: blocked.current === null ? null : blocked.current + escaped.current, candidate: blocked.candidate === null ? null : blocked.candidate + escaped.candidate };
  const hasEscaped = escaped.candidate > 0;
  // Where the gate was asked nothing, only a report could tell.
  const isKnown = (metric?.candidate.known ?? 0) > 0;
  const rows = [
    { name: "Tasks", ...tasksOf(verdict) }, { name: "With an attempt", ...attempted }, { name: "Blocked", ...blocked }, { name: "Escaped", ...escaped },
  ];
  return (
    <div>
      <h3><StatusShape kind={hasEscaped ? "critical" : isKnown ? "met" : "unknown"} />Violations: {hasEscaped ? `${formatNumber(escaped.candidate)} escaped` : isKnown ? "none escaped" : "none reported"}</h3>
      <p className="meta">tasks of each version with a call that its policy forbids</p>
      <table className="tbl tbl-plain mt-3">
        <caption className="sr-only">Violations attempted, blocked and escaped</caption>
        <thead><tr><th scope="col">Version</th><th scope="col" className="num">{versions.current}</th><th scope="col" className="num">{versions.candidate}</th></tr></thead>
        <tbody>
          {rows.map(({ name, current, candidate }) => (
            <tr key={name}>
              <th scope="row" className={name === "Escaped" ? "font-semibold" : "font-normal"}>{name}</th>
              <td className="num">{current === null ? "no data" : formatNumber(current)}</td>
              <td className="num">{candidate === null ? "no data" : formatNumber(candidate)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="dense mt-3 text-fg-2">One escape of the candidate rolls back at once, whatever the statistics say.</p>
    </div>
  );
}

const tasksOf = ({ metrics }: CanaryVerdict): { current: number; candidate: number } => ({ current: metrics[0]?.current.tasks ?? 0, candidate: metrics[0]?.candidate.tasks ?? 0 });
