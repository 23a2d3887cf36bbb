import { StatusMark } from "@/components/ui/status-mark.tsx";
import type { Outcome } from "@/lib/domain/outcome.ts";

/** Whether a run reached its aim. A run that nobody has judged yet is neither. */
export function RunOutcome({ outcome }: { outcome: Outcome | null }) {
  if (outcome === null) return <StatusMark kind="unknown">Not known</StatusMark>;
  return outcome === "success" ? <StatusMark kind="met">Succeeded</StatusMark> : <StatusMark kind="rejected">Failed</StatusMark>;
}
