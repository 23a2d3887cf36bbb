"use client";

import { CommentHere } from "./comment-here.tsx";
import { SnoozeHere } from "./snooze-here.tsx";
import type { Triage, TriageForm } from "./use-triage.ts";

interface TriageHereProps {
  itemKey: string;
  isCritical: boolean;
  expiresAt: string | null;
  triage: Triage;
  form: TriageForm;
}

/** What was asked for of one item, under its row or on its own page. */
export function TriageHere({ itemKey, isCritical, expiresAt, triage, form }: TriageHereProps) {
  if (form === "snooze") return <SnoozeHere isCritical={isCritical} expiresAt={expiresAt} onChoose={(choice) => triage.snooze(itemKey, choice)} onClose={triage.close} />;
  return <CommentHere itemKey={itemKey} action={triage.commentAction} onDone={(message) => triage.commented(itemKey, message)} onClose={triage.close} />;
}
