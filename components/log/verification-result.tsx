import { FormMessage } from "@/components/ui/form-message.tsx";
import { formatClock, formatCount, formatNumber } from "@/lib/format.ts";

interface Verification {
  from: number;
  to: number;
  checked: number;
  fault: { index: number; fault: "gap" | "hash" | "columns" | "missing" } | null;
}

const FAULTS = {
  gap: "does not follow the one before it: at least one entry is missing there",
  hash: "does not fit its hash: its text was changed after it was appended",
  columns: "says something else than the list shows beside it: who, what or when was changed outside of the text",
  missing: "is not there",
} as const;

/** Says what was checked and nothing beyond it. */
export function VerificationResult({ result, hidden, at }: { result: Verification; hidden: number; at: string }) {
  const range = result.from === result.to ? `Entry ${formatNumber(result.from)}` : `Entries ${formatNumber(result.from)} to ${formatNumber(result.to)}`;
  const when = `Read again at ${formatClock(at)} UTC`;
  if (result.fault) {
    return (
      <FormMessage kind="error" title={`Entry ${formatNumber(result.fault.index)} ${FAULTS[result.fault.fault]}.`}>
        {range}: {formatCount(result.checked, "entry", "entries")} checked. {when}.
      </FormMessage>
    );
  }
  return (
    <FormMessage kind="success" title={`${range}: contiguous, and their hashes fit.`}>
      {formatCount(result.checked, "entry", "entries")} checked{hidden > 0 ? `, ${formatNumber(hidden)} of them hidden by the filter` : ""}. {when}. This says nothing about the entries before and after, nor that nobody
      replaced an entry together with its hash.
    </FormMessage>
  );
}
