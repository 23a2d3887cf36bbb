import { StatusMark } from "@/components/ui/status-mark.tsx";
import { Tag } from "@/components/ui/tag.tsx";

interface Marked {
  isEscalated: boolean;
  isIntervened: boolean;
  isUnreviewed: boolean;
  errorSentence: string | null;
}

/** What sets a run apart; nothing is drawn for a run that nothing sets apart. */
export function RunMarks({ run }: { run: Marked }) {
  if (!run.isEscalated && !run.isIntervened && !run.isUnreviewed && run.errorSentence === null) return null;
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
      {run.isUnreviewed && <StatusMark kind="critical">Unreviewed</StatusMark>}
      {run.errorSentence !== null && <StatusMark kind="warning">Error</StatusMark>}
      {run.isEscalated && <Tag>Escalated</Tag>}
      {run.isIntervened && <Tag>Person stepped in</Tag>}
    </span>
  );
}
