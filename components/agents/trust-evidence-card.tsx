import { Card, CardBody } from "@/components/ui/card.tsx";
import { Row, Rows } from "@/components/ui/rows.tsx";
import { Time } from "@/components/ui/time.tsx";
import { formatCount, formatNumber, formatPercent } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";

export interface Evidence {
  runs: number;
  reviewedRuns: number;
  outcomesKnown: number;
  failures: number;
  escalations: number;
  toolCalls: number;
  actionErrors: number;
  reviews: number;
  changesReviewed: number;
  stopProvenAt: Date | null;
}

const of = (count: number, all: number): string => (all === 0 ? "none yet" : `${formatNumber(count)} of ${formatNumber(all)}`);
const share = (count: number, all: number): string => (all === 0 ? "" : `, ${formatPercent(count / all)}`);

/** Counts and where they come from; whoever reads draws the conclusion. */
export function TrustEvidenceCard({ agentId, evidence, now }: { agentId: string; evidence: Evidence; now: Date }) {
  const { runs, reviewedRuns, outcomesKnown, failures, escalations, toolCalls, actionErrors, reviews, changesReviewed, stopProvenAt } = evidence;
  const unreviewed = runs - reviewedRuns;
  return (
    <Card title="Trust evidence so far" meta="since its first run" className="third">
      <CardBody>
        <p className="dense text-pretty text-fg-2">No trust score is computed yet. These are the counts that one will rest on.</p>
      </CardBody>
      <Rows label="Trust evidence">
        <Row title="Runs on reviewed versions" detail={unreviewed === 0 ? "no run on a recipe that nobody reviewed" : `${formatCount(unreviewed, "run")} on a recipe that nobody had reviewed`} aside={of(reviewedRuns, runs)} href={paths.runs({ agent: agentId, ...(unreviewed > 0 && { unreviewed: 1 }) })} />
        <Row title="Outcomes known" detail={outcomesKnown === 0 ? "nothing says yet how its runs end" : `${formatCount(failures, "failure")}${share(failures, outcomesKnown)} of them`} aside={of(outcomesKnown, runs)} href={paths.runs({ agent: agentId, outcome: runs > outcomesKnown ? "unknown" : undefined })} />
        <Row title="Escalations" detail={`handed to a person${share(escalations, runs)}${runs === 0 ? "" : " of runs"}`} aside={of(escalations, runs)} href={paths.runs({ agent: agentId, escalated: 1 })} />
        <Row title="Action errors" detail={`tool calls that failed${share(actionErrors, toolCalls)}`} aside={of(actionErrors, toolCalls)} href={paths.runs({ agent: agentId, errors: 1 })} />
        <Row title="Reviews by people" detail={reviews === 0 ? "nobody has reviewed a change of it" : `on ${formatCount(changesReviewed, "change")}`} aside={formatNumber(reviews)} href={paths.changes({ agent: agentId, state: "decided" })} />
        <Row title="Stop proven" detail={stopProvenAt === null ? "no point of it has confirmed a proven stop or drill" : <>a point of it confirmed a proven stop or drill</>} aside={stopProvenAt === null ? "never" : <Time at={stopProvenAt} now={now} />} href={paths.stops()} />
      </Rows>
    </Card>
  );
}
