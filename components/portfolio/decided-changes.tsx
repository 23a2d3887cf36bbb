import { DataTable, type Column } from "@/components/ui/data-table.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { classWord, stateWord } from "@/lib/domain/change-words.ts";
import { paths } from "@/lib/paths.ts";

interface DecidedChange {
  id: string;
  agentId: string | null;
  title: string;
  class: string;
  state: string;
  decidedAt: string;
  by: readonly string[];
}

/** The class is a plain word: what is decided calls for nobody, and colour does. */
const columnsAt = (now: Date): readonly Column<DecidedChange>[] => [
  { key: "title", header: "Change", cell: (row) => <UntrustedText text={row.title} maxLength={200} /> },
  { key: "state", header: "State", priority: 2, width: "132px", cell: (row) => <StateWord state={row.state} /> },
  { key: "agent", header: "Agent", priority: 4, cell: (row) => row.agentId ?? "all agents" },
  { key: "class", header: "Class", width: "96px", cell: (row) => classWord(row.class).word },
  { key: "by", header: "By", width: "240px", cell: (row) => (row.by.length === 0 ? "the re-review policy" : row.by.join(", ")) },
  { key: "decided", header: "Decided", align: "right", priority: 4, width: "104px", cell: (row) => <Time at={row.decidedAt} now={now} /> },
];

function StateWord({ state }: { state: string }) {
  const { word, mark } = stateWord(state);
  return <StatusMark kind={mark}>{word}</StatusMark>;
}

export function DecidedChanges({ changes, now }: { changes: readonly DecidedChange[]; now: Date }) {
  return (
    <DataTable
      caption="Changes decided in the last 30 days, the newest first" columns={columnsAt(now)} rows={changes} rowKey={(row) => row.id} rowHref={(row) => paths.change(row.id)}
      empty={<EmptyState kind="nothing_yet" title="No change was decided in the last 30 days." />}
    />
  );
}
