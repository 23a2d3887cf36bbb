import { Card, CardBody } from "@/components/ui/card.tsx";
import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { Link } from "@/components/ui/link.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import type { RecommendationFigures } from "@/lib/domain/compare-recommendations.ts";
import { recommendationSentence } from "@/lib/domain/verdict-words.ts";
import { formatNumber } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import type { VersionNumbers } from "./shown-rollout.ts";

interface ShownCall {
  tool: string;
  input: unknown;
}

interface ShownDifference {
  taskId: string;
  runId: string | null;
  shadowRunId: string | null;
  done: readonly ShownCall[];
  recommended: readonly ShownCall[];
}

/** What the candidate would have done in shadow: nobody promotes it without having had the differences in front of him. */
export function RecommendationsCard({ figures, differing, versions }: { figures: RecommendationFigures; differing: readonly ShownDifference[]; versions: VersionNumbers }) {
  const others = figures.compared - figures.same;
  return (
    <Card title="Recommendations in shadow" meta={others === 0 ? "all began as it was done" : `${formatNumber(others)} of ${formatNumber(figures.compared)} differ`} id="recommendations">
      <CardBody className="grid gap-2">
        <p className="text-pretty">{recommendationSentence(figures)}</p>
        {differing.length > 0 && (
          <>
            <DataTable caption="Tasks in which the recommendations differ from what was done" columns={columnsFor(versions)} rows={[...differing]} rowKey={({ taskId }) => taskId} isPlain />
            {others > differing.length && <p className="dense text-fg-2">The newest {formatNumber(differing.length)}; and {formatNumber(others - differing.length)} more.</p>}
          </>
        )}
      </CardBody>
    </Card>
  );
}

const columnsFor = (versions: VersionNumbers): Column<ShownDifference>[] => [
  { key: "task", header: "Task", cell: ({ taskId }) => <UntrustedText text={taskId} maxLength={60} /> },
  { key: "done", header: `${versions.current} did`, priority: 1, cell: (task) => <Calls calls={task.done} runId={task.runId} none={noneOf(task)} /> },
  { key: "recommended", header: `${versions.candidate} recommends`, priority: 1, cell: (task) => <Calls calls={task.recommended} runId={task.shadowRunId} none={noneOf(task)} /> },
];

/** Where neither put a call to the gate, one of them acted without. */
const noneOf = ({ done, recommended }: ShownDifference): string => (done.length + recommended.length === 0 ? "not known, the gate was not asked" : "nothing");

const LATER_SHOWN = 2;

const callText = ({ tool, input }: ShownCall): string => `${tool} ${input === null ? "(arguments too long to keep)" : JSON.stringify(input)}`;

function Calls({ calls: [first, ...later], runId, none }: { calls: readonly ShownCall[]; runId: string | null; none: string }) {
  return (
    <div className="grid gap-1">
      {first ? <UntrustedText text={callText(first)} maxLength={140} className="wrap-anywhere" /> : <span className="text-fg-2">{none}</span>}
      {later.length > 0 && <span className="dense text-fg-2">Later, not compared:</span>}
      {later.slice(0, LATER_SHOWN).map((call, index) => <UntrustedText key={index} text={callText(call)} maxLength={140} className="wrap-anywhere text-fg-2" />)}
      {later.length > LATER_SHOWN && <span className="dense text-fg-2">and {formatNumber(later.length - LATER_SHOWN)} more</span>}
      {runId !== null && <Link className="link dense" href={paths.run(runId)}>See the run</Link>}
    </div>
  );
}
