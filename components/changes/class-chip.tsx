import { Chip } from "@/components/ui/chip.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { classWord, stateWord } from "@/lib/domain/change-words.ts";

export function ClassChip({ changeClass }: { changeClass: string }) {
  const { word, mark } = classWord(changeClass);
  return <Chip kind={mark}>{word} change</Chip>;
}

export function ClassMark({ changeClass }: { changeClass: string }) {
  const { word, mark } = classWord(changeClass);
  return <StatusMark kind={mark}>{word}</StatusMark>;
}

export function StateChip({ state }: { state: string }) {
  const { word, mark } = stateWord(state);
  return <Chip kind={mark}>{word}</Chip>;
}

export function StateMark({ state }: { state: string }) {
  const { word, mark } = stateWord(state);
  return <StatusMark kind={mark}>{word}</StatusMark>;
}
