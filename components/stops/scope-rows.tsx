import { useEffect, useEffectEvent, useRef } from "react";
import { writeStopScope } from "@/lib/domain/stop-scope.ts";
import { formatCount } from "@/lib/format.ts";
import type { SheetChoice } from "./choices-query.ts";
import { LeaveButton, ScopeText, SheetHead, type ScopeListProps } from "./chosen-scope.tsx";
import { StopIcon } from "./stop-icon.tsx";

interface ScopeRowsProps extends ScopeListProps {
  otherAgents: number;
  search: string;
  onSearch: (text: string) => void;
}

/** F, and the tier's own number; the agents take what is left. With Alt, because a letter alone begins the name of an agent, and never in the field. */
function keyOf(choice: SheetChoice, agentIndex: number): string | null {
  if (choice.scope === "fleet") return "f";
  if (choice.scope === "tier") return choice.target;
  return agentIndex >= 0 && agentIndex < 7 ? String(agentIndex + 3) : null;
}

const isNamePart = (key: string): boolean => /^[\p{L}\p{N}]$/u.test(key);

/** On a Mac Alt writes another sign, so there the place of the key counts. */
const keyUnderAlt = ({ key, code }: KeyboardEvent): string => (/^[a-z0-9]$/i.test(key) ? key : code.replace(/^(?:Key|Digit)/, "")).toLowerCase();

/** On a page about the house nothing is chosen: the press on a row is the stop. */
export function ScopeRows({ titleId, effectId, refusal, sending, note, choices, otherAgents, search, onSearch, onStop, onLeave }: ScopeRowsProps) {
  const list = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const agents = choices.filter((choice) => choice.scope === "agent");
  const rows = choices.map((choice) => ({ choice, key: keyOf(choice, agents.indexOf(choice)) }));
  const stop = (choice: SheetChoice) => {
    if (choice.refusal === null && sending === null) onStop({ field: "scope", value: writeStopScope(choice), name: choice.name });
  };
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.target === field.current) return;
    if (!event.altKey) {
      if (isNamePart(event.key)) field.current?.focus();
      return;
    }
    const row = rows.find(({ key }) => key === keyUnderAlt(event));
    if (!row) return;
    event.preventDefault();
    if (!event.repeat) stop(row.choice);
  });
  useEffect(() => {
    const dialog = list.current?.closest("dialog");
    const listen = (event: KeyboardEvent) => onKey(event);
    dialog?.addEventListener("keydown", listen);
    return () => dialog?.removeEventListener("keydown", listen);
  }, []);
  const refusals = choices.filter((choice) => choice.refusal !== null);
  const house = rows.filter(({ choice }) => choice.scope !== "agent");
  const named = rows.filter(({ choice }) => choice.scope === "agent");
  const row = ({ choice, key }: (typeof rows)[number]) => <ScopeRow key={writeStopScope(choice)} choice={choice} hint={key} isSending={sending?.value === writeStopScope(choice)} onPress={() => stop(choice)} />;
  return (
    <>
      <SheetHead titleId={titleId} effectId={effectId} title="What is to be stopped?" note={note} refusal={refusal} more={<b>The press on a row stops it.</b>} />
      <div className="stop-scroll stop-rows" ref={list} tabIndex={-1} data-first="" role="group" aria-labelledby={titleId}>
        {house.map(row)}
        <div className="stop-find">
          <label htmlFor={`${titleId}-find`}>Agents, those at work first{otherAgents > 0 && <span className="text-fg-3">; {formatCount(otherAgents, "more", "more")} by name</span>}</label>
          <input ref={field} id={`${titleId}-find`} className="input" type="search" value={search} maxLength={63} placeholder="Part of the name" autoComplete="off" onChange={(event) => onSearch(event.target.value)} />
        </div>
        {named.map(row)}
        {named.length === 0 && search !== "" && <p className="stop-counting" role="status">No agent has “{search}” in its name.</p>}
      </div>
      <div className="stop-press">
        {refusals.length > 0 && <p id={`${titleId}-why`} className="dense text-fg-2">{refusals.length === choices.length ? "You may look, and not stop." : "You may not stop what is greyed out."} {refusals[0]?.refusal}</p>}
        <LeaveButton isSending={sending !== null} onLeave={onLeave} />
      </div>
    </>
  );
}

function ScopeRow({ choice, hint, isSending, onPress }: { choice: SheetChoice; hint: string | null; isSending: boolean; onPress: () => void }) {
  const isRefused = choice.refusal !== null;
  return (
    <button type="button" className="stop-option stop-option-press" aria-disabled={isRefused || undefined} aria-keyshortcuts={hint === null ? undefined : `Alt+${hint.toUpperCase()}`} onClick={onPress}>
      <span className="sr-only">Stop {choice.name} now. </span>
      <ScopeText choice={choice} />
      {!isRefused && (
        <span className="plate plate-row" aria-hidden="true">
          <span className="stop-control"><StopIcon size={16} />{isSending ? "Storing…" : "Stop"}</span>
        </span>
      )}
      {!isRefused && hint !== null && <kbd aria-hidden="true">Alt {hint.toUpperCase()}</kbd>}
    </button>
  );
}
