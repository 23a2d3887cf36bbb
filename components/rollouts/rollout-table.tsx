import type { ReactNode } from "react";
import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { Time } from "@/components/ui/time.tsx";
import { formatPercent } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";

import { RolloutStateMark } from "./rollout-state-mark.tsx";
import { waitsFor } from "./rollout-words.ts";
import type { ListedRollout } from "./shown-rollout.ts";

const columnsAt = (now: Date): readonly Column<ListedRollout>[] => [
  { key: "rollout", header: "Rollout", cell: (row) => `${row.agentId} ${row.currentNumber} → ${row.candidateNumber}` },
  { key: "state", header: "State", priority: 2, width: "140px", cell: (row) => <RolloutStateMark state={row.state} /> },
  { key: "stage", header: "Stage", width: "150px", cell: (row) => stageWords(row) },
  { key: "waits", header: "Waits for", cell: (row) => <span className="wrap-anywhere">{waitsFor(row) ?? <span className="text-fg-3">nothing</span>}</span> },
  { key: "since", header: "Started", align: "right", priority: 4, width: "104px", cell: (row) => (row.startedAt === null ? <span className="text-fg-3">not yet</span> : <Time at={row.startedAt} now={now} />) },
  { key: "ends", header: "Deadline, ended", align: "right", width: "128px", cell: (row) => <Ends row={row} now={now} /> },
];

function stageWords({ state, plan, stageIndex, exposure }: ListedRollout): string {
  const stage = plan.stages[stageIndex]?.stage ?? "";
  if (state === "planned") return `${plan.stages.length} planned`;
  return stage === "shadow" ? "shadow" : `${stage}, ${formatPercent(exposure)}`;
}

function Ends({ row: { endedAt, deadlineAt }, now }: { row: ListedRollout; now: Date }) {
  const at = endedAt ?? deadlineAt;
  return at === null ? <span className="text-fg-3">none yet</span> : <Time at={at} now={now} />;
}

export function RolloutTable({ rows, now, empty }: { rows: readonly ListedRollout[]; now: Date; empty: ReactNode }) {
  return <DataTable caption="Rollouts" columns={columnsAt(now)} rows={rows} rowKey={(row) => row.id} rowHref={(row) => paths.rollout(row.id)} empty={empty} />;
}
