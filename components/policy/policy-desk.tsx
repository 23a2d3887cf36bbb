"use client";

import { useActionState, useCallback, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { TextAreaField } from "@/components/ui/field.tsx";
import { FormMessage, FormResult } from "@/components/ui/form-message.tsx";
import { SubmitButton } from "@/components/ui/submit-button.tsx";
import type { AuthorityLevel } from "@/lib/domain/authority-level.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { CedarText } from "./cedar-text.tsx";
import { DraftReplay, type Replayed } from "./draft-replay.tsx";
import { RuleList } from "./rule-list.tsx";
import { TryCall, type CallToTry, type Tried, type TryTool } from "./try-call.tsx";
import { useDraft, type Asked, type TextReading } from "./use-draft.ts";

interface Question {
  agentId: string;
  versionId: string;
  text: string;
}

export interface BegunDraft {
  text: string;
  reading: TextReading;
  replay: Replayed;
  reason: string | null;
}

interface PolicyDeskProps {
  agentId: string;
  versionId: string;
  initialText: string;
  initialReading: TextReading;
  /** What somebody else began for the reader, with what it would have done and a reason for it; null: nothing. */
  begun: BegunDraft | null;
  /** The version has no policy text yet; the draft is a first one. */
  isFirst: boolean;
  tools: readonly TryTool[];
  currency: string | null;
  authority: AuthorityLevel;
  /** UTC. */
  now: { hour: number; weekday: number };
  /** Why this person cannot propose one; null when it is possible. */
  cannot: string | null;
  read: (question: Question) => Promise<Asked<TextReading>>;
  tryCall: (question: Question & { call: CallToTry }) => Promise<Asked<Tried>>;
  replay: (question: Question) => Promise<Asked<Replayed>>;
  propose: FormAction;
}

export function PolicyDesk({ agentId, versionId: currentVersionId, initialText, initialReading, begun, isFirst, tools, currency, authority, now, cannot, read, tryCall, replay, propose }: PolicyDeskProps) {
  // The page is read anew while somebody types; the draft stays with the version that it was begun from.
  const [versionId] = useState(currentVersionId);
  const readText = useCallback((text: string) => read({ agentId, versionId, text }), [read, agentId, versionId]);
  const draft = useDraft({ keptAs: `policy ${agentId}`, initialText, initialReading, begun, read: readText });
  const { text, reading, form } = draft;
  const unready = draft.isChecking || form === "reading" ? "The draft is being checked." : form === "incomplete" ? "A rule is not complete yet." : reading.errors.length > 0 ? "The draft has errors." : null;
  return (
    <div className="stack">
      {versionId !== currentVersionId && <FormMessage kind="warning" title="Another version became current since this draft was begun.">Load the page again to begin from that version. The draft is kept in this window and is offered to you there.</FormMessage>}
      <LeftDraft left={draft.left} onTake={draft.editText} />
      <Summary draft={draft} />
      <div className="policy-desk">
        <Card title="Rules" meta={draft.drafts.length === 1 ? "1 rule" : `${draft.drafts.length} rules`}>
          {form === "unreadable" && <CardBody><FormMessage kind="warning">The text cannot be read as rules. Here they are as they were last read; mend the text first.</FormMessage></CardBody>}
          <RuleList drafts={draft.drafts} tools={tools} errors={reading.errors} currency={currency} isLocked={form === "reading" || form === "unreadable"} onChange={draft.editRules} onAdd={draft.addRule} />
        </Card>
        <Card title="Text" className="policy-text" actions={draft.isSame ? undefined : <Button size="sm" variant="quiet" onClick={draft.startAgain}>Start again</Button>}>
          <CardBody>
            <CedarText text={text} errors={reading.errors} warnings={reading.warnings} lockedBecause={form === "incomplete" ? "A rule is not complete yet. Fill it in or remove it; then the text can be changed again." : null} onChange={draft.editText} />
          </CardBody>
        </Card>
        <TryCall tools={tools} text={text} cannot={unready} now={now} authority={authority} tryCall={(tried, call) => tryCall({ agentId, versionId, text: tried, call })} />
        <div className="stack">
          <DraftReplay text={text} initial={begun} cannot={unready} replay={(tried) => replay({ agentId, versionId, text: tried })} />
          <ProposeCard agentId={agentId} versionId={versionId} text={text} reason={begun?.reason ?? undefined} propose={propose} cannot={cannot ?? unready ?? (draft.isSame && !isFirst ? "The draft is the policy that is in force." : null)} />
        </div>
      </div>
    </div>
  );
}

function LeftDraft({ left, onTake }: { left: string | null; onTake: (text: string, pauseMs: number) => void }) {
  if (left === null) return null;
  return (
    <FormMessage kind="info" title="You left a draft here.">
      It was never proposed, or not from this window. <Button size="sm" onClick={() => onTake(left, 0)}>Go on with it</Button>
    </FormMessage>
  );
}

function Summary({ draft: { reading, trouble, isChecking, checkAgain } }: { draft: ReturnType<typeof useDraft> }) {
  const [first] = reading.errors;
  return (
    <div aria-live="polite" aria-busy={isChecking} className="empty:absolute">
      {trouble !== null && (
        <FormMessage kind="error">
          {trouble} <Button size="sm" onClick={checkAgain}>Check again</Button>
        </FormMessage>
      )}
      {trouble === null && first && <FormMessage kind="error" title={reading.errors.length === 1 ? `The draft has an error in line ${first.line}.` : `The draft has ${reading.errors.length} errors, the first in line ${first.line}.`}>What is wrong is named under the text.</FormMessage>}
    </div>
  );
}

function ProposeCard({ agentId, versionId, text, reason, propose, cannot }: { agentId: string; versionId: string; text: string; reason: string | undefined; propose: FormAction; cannot: string | null }) {
  const [state, send] = useActionState(propose, { status: "idle" as const });
  const failed = state.status === "failed" ? state : null;
  return (
    <Card title="Propose it">
      <CardBody>
        <form action={send} className="grid gap-3">
          <input type="hidden" name="agentId" value={agentId} />
          <input type="hidden" name="versionId" value={versionId} />
          <input type="hidden" name="cedar" value={text} />
          <TextAreaField name="reason" label="Why it should change" rows={2} required minLength={3} maxLength={2_000} error={failed?.fields?.reason} defaultValue={failed?.values?.reason ?? reason} hint="Reviewers read it first. The current recipe with this policy becomes a version of its own, and is reviewed like any other." />
          <FormResult state={state} />
          <div className="actions">
            <SubmitButton variant="primary" pendingLabel="Proposing…" disabledReason={cannot ?? undefined}>Propose this policy</SubmitButton>
          </div>
        </form>
      </CardBody>
    </Card>
  );
}
