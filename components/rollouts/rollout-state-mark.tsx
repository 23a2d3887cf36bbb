import { Chip } from "@/components/ui/chip.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import type { RolloutState } from "@/lib/domain/rollout-state.ts";
import { STATE_MARKS } from "./rollout-words.ts";

export function RolloutStateMark({ state }: { state: RolloutState }) {
  const { kind, word } = STATE_MARKS[state];
  return <StatusMark kind={kind}>{word}</StatusMark>;
}

export function RolloutStateChip({ state }: { state: RolloutState }) {
  const { kind, word } = STATE_MARKS[state];
  return <Chip kind={kind}>{word}</Chip>;
}
