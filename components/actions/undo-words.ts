import type { StatusKind } from "@/components/ui/status-mark.tsx";
import { approverWords, type ReversalApprover } from "@/lib/domain/reversal-approval.ts";
import { formatClock, formatDay, formatMinor } from "@/lib/format.ts";

export interface UndoPreview {
  actions: number;
  reversible: number;
  byHand: number;
  notReversible: number;
  firstEnd: string | null;
  /** Minor units as text. */
  amounts: readonly { currency: string; minor: string; lostMinor: string }[];
  needsSecondPerson: boolean;
  approver: ReversalApprover | null;
  isCut: boolean;
}

/** What a reversal would reach, one sentence each; what it would not reach is said as well. */
export function previewSentences({ reversible, byHand, notReversible, firstEnd, amounts, isCut }: UndoPreview): string[] {
  const end = firstEnd === null ? "" : `, the first until ${formatDay(firstEnd)}, ${formatClock(firstEnd)} UTC`;
  const back = sumWords(amounts, "minor");
  const lost = sumWords(amounts, "lostMinor");
  return [
    ...(reversible > 0 ? [`${reversible} can be taken back${end}.`] : []),
    ...(byHand > 0 ? [`${byHand} by hand only.`] : []),
    ...(back === "" ? [] : [`Together ${back}.`]),
    ...(notReversible > 0 ? [`${notReversible} cannot be taken back${lost === "" ? "" : `, ${lost}`}.`] : []),
    ...(isCut ? ["More than 1,000 are done; only so many are taken back at once."] : []),
  ];
}

const sumWords = (amounts: UndoPreview["amounts"], which: "minor" | "lostMinor"): string =>
  amounts.filter((amount) => amount[which] !== "0").map((amount) => formatMinor(BigInt(amount[which]), amount.currency)).join(" and ");

const STEP_WORDS: Record<string, { word: string; mark: StatusKind }> = {
  waiting: { word: "Waiting", mark: "waiting" }, running: { word: "Under way", mark: "info" }, done: { word: "Taken back", mark: "met" }, by_hand: { word: "To be done by hand", mark: "warning" },
  skipped: { word: "Left out", mark: "open" },
};
export const stepWord = (state: string): { word: string; mark: StatusKind } => STEP_WORDS[state] ?? { word: state, mark: "unknown" };

const UNDO_WORDS: Record<string, { word: string; mark: StatusKind }> = {
  waiting: { word: "Waits for a second person", mark: "waiting" }, running: { word: "Under way", mark: "info" }, done: { word: "Taken back", mark: "met" }, partial: { word: "Taken back in part", mark: "warning" },
};
export const undoWord = (state: string): { word: string; mark: StatusKind } => UNDO_WORDS[state] ?? { word: state, mark: "unknown" };

export const isUndoOver = (state: string): boolean => state === "done";

const SCOPES: Record<string, string> = { action: "One action", run: "A run", version: "A version" };
export const scopeWords = (scope: string): string => SCOPES[scope] ?? scope;

/** Null: it begins at once. */
export function secondPersonSentence({ needsSecondPerson, approver }: Pick<UndoPreview, "needsSecondPerson" | "approver">): string | null {
  if (!needsSecondPerson) return null;
  return approver === null ? "A second person approves before anything is taken back." : `A second person approves before anything is taken back; one of the two is ${approverWords(approver)}.`;
}

/** What is still to come, and for whom. */
export function remainsSentence(state: string, approverRole: string | null, steps: readonly { state: string }[]): string {
  const count = (wanted: string): number => steps.filter((step) => step.state === wanted).length;
  const [open, byHand, skipped] = [count("waiting") + count("running"), count("by_hand"), count("skipped")];
  if (state === "waiting") return `Nothing is taken back before ${approverWords(approverRole)} approves.`;
  const parts = [...(open > 0 ? [`${open} still to be taken back`] : []), ...(byHand > 0 ? [`${byHand} to be done by hand`] : []), ...(skipped > 0 ? [`${skipped} left out`] : [])];
  return parts.length === 0 ? "Nothing remains." : `${parts.join(", ")}.`;
}
