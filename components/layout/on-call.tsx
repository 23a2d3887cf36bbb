import type { OnCall } from "../../lib/domain/on-call.ts";
import { formatUtc } from "../../lib/format.ts";
import { paths } from "../../lib/paths.ts";
import { Link } from "../ui/link.tsx";
import { StatusMark } from "../ui/status-mark.tsx";

interface OnCallProps {
  /** Null: nobody. */
  onCall: OnCall | null;
  /** "as of 02:11:40 UTC, 94 s old", once it is too old to be taken for current. */
  age: string | undefined;
}

/** Who is woken, in the header; pressing the name opens how to reach that person. */
export function OnCallInHeader({ onCall, age }: OnCallProps) {
  if (onCall === null) return <Nobody age={age} className="on-call" />;
  return (
    <>
      <button type="button" className="on-call" popoverTarget="on-call-reach" data-stale={age !== undefined || undefined}>
        <span className="text-fg-3">On call:</span> <b>{onCall.name}</b>
      </button>
      <div id="on-call-reach" className="read-only-why" popover="auto" role="dialog" aria-label="On call"><Reach onCall={onCall} age={age} /></div>
    </>
  );
}

/** The same in the phone's sheet, where there is room for all of it. */
export function OnCallInSheet({ onCall, age }: OnCallProps) {
  return (
    <div className="on-call-sheet">
      {onCall === null ? <Nobody age={age} className="on-call" /> : <><span className="meta">On call</span><Reach onCall={onCall} age={age} /></>}
    </div>
  );
}

function Nobody({ age, className }: { age: string | undefined; className: string }) {
  return <Link href={`${paths.settings()}#on-call`} className={className} data-stale={age !== undefined || undefined}><StatusMark kind="warning">Nobody is on call</StatusMark></Link>;
}

function Reach({ onCall: { name, email, since }, age }: { onCall: OnCall; age: string | undefined }) {
  return (
    <div className="grid gap-1">
      <b className="font-medium wrap-anywhere">{name}</b>
      <a className="link wrap-anywhere" href={`mailto:${email}`}>{email}</a>
      <span className="meta">Since {formatUtc(since)}{age === undefined ? "" : `, ${age}`}</span>
      <Link className="link inline-flex min-h-6 items-center justify-self-start" href={`${paths.settings()}#on-call`}>Hand over</Link>
    </div>
  );
}
