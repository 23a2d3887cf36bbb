import dynamic from "next/dynamic";
import { useId, type ReactNode } from "react";
import { Button } from "@/components/ui/button.tsx";
import { classNames } from "@/components/ui/class-names.ts";
import { Link } from "@/components/ui/link.tsx";
import { NamedText } from "@/components/ui/named-text.tsx";
import { StatusShape, StatusWord } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { ApproveHere } from "./approve-here.tsx";
import { RowNotes } from "./row-notes.tsx";
import type { ListDecisions } from "./use-list-decisions.ts";
import { UndoHere } from "./undo-here.tsx";
import type { ListSelection } from "./use-selection.ts";
import type { Triage } from "./use-triage.ts";
import type { InboxItem } from "@/lib/domain/inbox-item.ts";
import type { ItemFate } from "@/lib/domain/item-fate.ts";

/** Nobody needs it before something is put off, or said. */
const TriageHere = dynamic(() => import("./triage-here.tsx").then((module) => module.TriageHere), { ssr: false });

const SINCE = { action: "asked", change: "proposed", rollout: "last step", promotion: "last step", finding: "opened", spot_check: "passed" } as const;

interface InboxRowProps {
  item: InboxItem;
  /** Null: it waits. */
  fate: ItemFate | null;
  /** Beside the list. */
  isShown: boolean;
  now: string;
  decisions: ListDecisions;
  selection: ListSelection;
  triage: Triage;
}

export function InboxRow({ item, fate, isShown, now, decisions, selection, triage }: InboxRowProps) {
  const sentenceId = useId();
  const isGone = fate !== null;
  const notes = item.triage && triage.shownOf(item.key, item.triage);
  const isOpen = decisions.opened === item.key;
  const isReadFirst = item.isMine && !isGone && item.approval === undefined && (item.kind === "action" || item.kind === "change");
  return (
    <li className={classNames("inbox-row", isGone && "is-gone", isShown && "is-shown", selection.keys.has(item.key) && "is-picked")} data-acts="a x m h c" data-item={item.key}>
      <StatusShape kind={fate === null ? item.mark : decisions.said.has(item.key) ? "met" : fate.mark} />
      <div className="min-w-0">
        <Link id={sentenceId} className="what stretch" href={item.href} data-key={isReadFirst ? "a" : undefined} data-opens={isReadFirst || undefined}>
          <NamedText text={item.sentence} />
        </Link>
        <ul className="facts">
          <li><StatusWord kind={item.mark}>{item.word}</StatusWord></li>
          {item.agentId !== null && <li>{item.agentId}</li>}
          {item.detail !== null && <li>{item.detail}</li>}
          <li>{SINCE[item.kind]} <Time at={item.since} now={now} /></li>
          {item.expiresAt !== null && <li>ends <Time at={item.expiresAt} now={now} /></li>}
          {notes && <RowNotes itemKey={item.key} notes={notes} isGone={isGone} now={now} triage={triage} describedBy={sentenceId} />}
        </ul>
        {triage.failed?.key === item.key && <p className="inbox-failed" role="alert">{triage.failed.message}</p>}
      </div>
      <div className="next"><NextStep item={item} fate={fate} now={now} isOpen={isOpen} decisions={decisions} selection={selection} triage={triage} sentenceId={sentenceId} /></div>
      {isOpen && (
        <ApproveHere
          actionId={item.key} approval={item.approval} isGone={isGone} describedBy={sentenceId} action={decisions.approveAction}
          onApproved={(message) => void decisions.approved(item.key, message)} onClose={() => decisions.close(item.key)}
        />
      )}
      {triage.opened?.key === item.key && !isGone && <TriageHere itemKey={item.key} isCritical={item.mark === "critical"} expiresAt={item.expiresAt} triage={triage} form={triage.opened.form} />}
    </li>
  );
}

function NextStep({ item, fate, now, isOpen, decisions, selection, triage, sentenceId }: Omit<InboxRowProps, "isShown"> & { isOpen: boolean; sentenceId: string }): ReactNode {
  const said = decisions.said.get(item.key);
  if (said !== undefined) {
    return (
      <div className="flex gap-2 sm:justify-end">
        <b className="max-w-[32ch] whitespace-normal">{said.words}</b>
        {triage.undoable === item.key && <Button size="sm" data-key="u" onClick={() => triage.wake(item.key)}>Undo</Button>}
        {decisions.undoable === item.key && <UndoHere actionId={item.key} action={decisions.takeBackAction} onTakenBack={(message) => void decisions.takenBack(item.key, message)} />}
      </div>
    );
  }
  if (fate !== null) return <>{fate.word}{fate.by !== null && ` by ${fate.by}`}{fate.at !== null && <> <Time at={fate.at} now={now} /></>}</>;
  const words = item.isMine ? <b>{item.next}</b> : item.next;
  if (item.approval === undefined || isOpen) return words;
  return (
    <>
      <span className="sm:hidden">{words}</span>
      <label className="inbox-pick max-sm:hidden" data-key="x"><input type="checkbox" checked={selection.keys.has(item.key)} aria-describedby={sentenceId} onChange={() => selection.toggle(item.key)} /><span className="sr-only">Select</span></label>
      <Button size="sm" className="max-sm:hidden" data-key="a" data-opens aria-describedby={sentenceId} onClick={() => decisions.open(item.key)}>Approve…</Button>
    </>
  );
}
