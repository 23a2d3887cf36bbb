import { Card } from "@/components/ui/card.tsx";
import { Row, Rows } from "@/components/ui/rows.tsx";
import { formatPercent } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { STATE_MARKS, waitsFor } from "./rollout-words.ts";
import type { ListedRollout } from "./shown-rollout.ts";

/** On the agent's page: which version is on its way, and what it waits for. */
export function OpenRolloutCard({ rollout, className }: { rollout: ListedRollout; className?: string | undefined }) {
  const { kind, word } = STATE_MARKS[rollout.state];
  const stage = rollout.plan.stages[rollout.stageIndex]?.stage ?? "";
  const at = rollout.exposure > 0 ? ` at ${formatPercent(rollout.exposure)} of tasks` : "";
  return (
    <Card title="Rollout" meta={`${rollout.currentNumber} → ${rollout.candidateNumber}`} className={className}>
      <Rows>
        <Row mark={kind} href={paths.rollout(rollout.id)} title={rollout.state === "planned" ? "Planned" : `${word}: ${stage}${at}`} detail={`Waits for: ${waitsFor(rollout) ?? "nothing"}`} />
      </Rows>
    </Card>
  );
}
