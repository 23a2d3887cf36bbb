import { useState, type ReactNode } from "react";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { choiceDetail, choiceQuantity, choiceTitle } from "@/lib/domain/stop-words.ts";
import { writeStopScope } from "@/lib/domain/stop-scope.ts";
import type { SheetChoice } from "./choices-query.ts";
import type { StopOrder, StopRefusal } from "./send-stop.ts";
import { StopIcon } from "./stop-icon.tsx";

export interface ScopeListProps {
  titleId: string;
  effectId: string;
  refusal: StopRefusal | null;
  sending: StopOrder | null;
  note: ReactNode;
  choices: readonly SheetChoice[];
  onStop: (order: StopOrder) => void;
  onLeave: () => void;
}

interface ChosenScopeProps extends ScopeListProps {
  href: string;
  chosen: string | null;
  /** What the address asks for, while nothing was read yet. */
  unresolved: StopOrder | null;
}

const EFFECT = "Nothing that was done is undone by stopping. It holds until two people release it.";

/** On a page about an agent: it is chosen, and the big button stops it. */
export function ChosenScope({ titleId, effectId, refusal, sending, note, choices, chosen, unresolved, href, onStop, onLeave }: ChosenScopeProps) {
  const [picked, setPicked] = useState<string | null>(null);
  const value = picked ?? chosen;
  const choice = choices.find((each) => writeStopScope(each) === value);
  const order: StopOrder | null = choice ? { field: "scope", value: writeStopScope(choice), name: choice.name } : unresolved;
  const title = order === null ? "What is to be stopped?" : `Stop ${order.name}?`;
  return (
    <>
      <SheetHead titleId={titleId} effectId={effectId} title={title} note={note} refusal={refusal} />
      <div className="stop-scroll stop-rows" role="radiogroup" aria-labelledby={titleId}>
        {choices.map((each) => {
          const scope = writeStopScope(each);
          return (
            <label key={scope} className="stop-option">
              <input type="radio" name="stop-scope" value={scope} checked={scope === (value ?? unresolved?.value)} disabled={each.refusal !== null || sending !== null} onChange={() => setPicked(scope)} />
              <ScopeText choice={each} />
            </label>
          );
        })}
        {unresolved !== null && <p className="stop-counting">Counting what a stop would meet. There is no need to wait for it.</p>}
      </div>
      <div className="stop-press">
        {order !== null && choice?.refusal == null
          ? (
            <span className="plate plate-wide">
              <button type="button" className="stop-now" data-first="" aria-disabled={sending !== null || undefined} onClick={() => onStop(order)}>
                <StopIcon />
                <span>{sending === null ? `Stop ${order.name} now` : `Storing the stop of ${sending.name}…`}</span>
              </button>
            </span>
          )
          : <p className="text-fg-2">{choice?.refusal ?? <>Choose above, or <a className="link" href={href}>open the stop page</a>.</>}</p>}
        <LeaveButton isSending={sending !== null} isFirst={choice?.refusal != null} onLeave={onLeave} />
      </div>
    </>
  );
}

export function SheetHead({ titleId, effectId, title, note, refusal, more }: { titleId: string; effectId: string; title: string; note: ReactNode; refusal: StopRefusal | null; more?: ReactNode }) {
  return (
    <div className="stop-in">
      <h2 className="stop-title" id={titleId}>{title}</h2>
      <p className="stop-sentence" id={effectId}>{EFFECT} {more}</p>
      {refusal !== null && <div className="mt-3"><FormMessage kind="error" title={refusal.title}>{refusal.message}</FormMessage></div>}
      {note && <div className="mt-3">{note}</div>}
    </div>
  );
}

/** What was pressed cannot be called back: nobody leaves in the belief that it goes on running, or before it is said that the stop is not stored. */
export function LeaveButton({ isSending, isFirst = false, onLeave }: { isSending: boolean; isFirst?: boolean; onLeave: () => void }) {
  return (
    <button type="button" className="btn btn-quiet justify-self-center" data-first={isFirst ? "" : undefined} aria-disabled={isSending || undefined} onClick={isSending ? undefined : onLeave}>
      {isSending ? "Waiting for the answer, at most 10 s" : "Leave it running"}
    </button>
  );
}

/** Name, what is covered, and what works there now; a count that has not come is said to be missing. */
export function ScopeText({ choice }: { choice: SheetChoice }) {
  const isCounted = choice.agents >= 0;
  const quantity = isCounted ? choiceQuantity(choice) : null;
  return (
    <>
      <span className="stop-what">
        <b>{choiceTitle(choice)}</b>
        <span>{isCounted ? choiceDetail(choice) : "Counting"}</span>
      </span>
      <span className="stop-quantity">
        {quantity}
        {choice.isEngaged && <b>{quantity !== null && <br />}Stop stored already</b>}
      </span>
    </>
  );
}
