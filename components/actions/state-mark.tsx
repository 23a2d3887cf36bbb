import { Chip } from "@/components/ui/chip.tsx";
import { StatusMark, type StatusKind } from "@/components/ui/status-mark.tsx";
import { ACTION_STATE_WORDS, isActionState, type ActionState } from "@/lib/domain/action-state.ts";

const MARKS: Record<ActionState, StatusKind> = {
  held: "waiting", approved: "met", started: "info", committed: "met", failed: "critical", denied: "rejected", rejected: "rejected", expired: "expired", withdrawn: "open", stopped: "stopped",
  compensating: "info", compensated: "met", by_hand: "warning",
};

/** A state that is not understood is not shown as a known one. */
export const markOfState = (state: string): StatusKind => (isActionState(state) ? MARKS[state] : "unknown");
export const wordOfState = (state: string): string => (isActionState(state) ? ACTION_STATE_WORDS[state] : state);

export function ActionStateMark({ state }: { state: string }) {
  return <StatusMark kind={markOfState(state)}>{wordOfState(state)}</StatusMark>;
}

export function ActionStateChip({ state }: { state: string }) {
  return <Chip kind={markOfState(state)}>{wordOfState(state)}</Chip>;
}
