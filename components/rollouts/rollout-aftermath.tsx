import { StatusMark } from "@/components/ui/status-mark.tsx";
import { formatCount, formatNumber } from "@/lib/format.ts";

interface RolloutAftermathProps {
  /** Since the end. */
  aftermath: { given: number; underWay: number; refused: number; letThrough: number };
  candidateNumber: number;
}

/** The proof that the candidate is out: counted from what was given out and decided, not from what was meant. */
export function RolloutAftermath({ aftermath: { given, underWay, refused, letThrough }, candidateNumber }: RolloutAftermathProps) {
  const isOut = given === 0 && letThrough === 0;
  return (
    <div className="mt-2">
      <StatusMark kind={isOut ? "proven" : "critical"}>{isOut ? `Proven: ${candidateNumber} is out` : `${candidateNumber} is not out`}</StatusMark>
      <p className="dense mt-1 text-pretty text-fg-2">
        Since the end: {formatCount(given, "task")} given to {candidateNumber}, {formatCount(letThrough, "call")} with an effect let through, {formatNumber(refused)} refused.{" "}
        {underWay === 0 ? "None of its tasks is under way." : `${formatCount(underWay, "task")} that it had ${underWay === 1 ? "has" : "have"} no known end; it may only recommend in ${underWay === 1 ? "it" : "them"}.`}
      </p>
    </div>
  );
}
