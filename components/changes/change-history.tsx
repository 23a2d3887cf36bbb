import { Card } from "@/components/ui/card.tsx";
import { shortFingerprint } from "@/components/ui/fingerprint.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { classNames } from "@/components/ui/class-names.ts";

export interface HistoryRow {
  at: Date;
  who: string;
  what: string;
  comment: string | null;
  fingerprint: string | null;
  voidedReason: string | null;
}

export function ChangeHistory({ events, logHref }: { events: readonly HistoryRow[]; logHref: string }) {
  return (
    <Card title="History" className="o6" actions={<a className="link meta inline-flex min-h-6 items-center" href={logHref}>In the log</a>}>
      <Rows ordered>
        {events.map((event, index) => (
          <li className="px-4 py-2.5 text-dense" key={`${event.at.toISOString()} ${index}`}>
            <p className={classNames("wrap-anywhere", event.voidedReason !== null && "text-fg-3")}>
              <b className="font-medium">{event.who}</b> <span className={event.voidedReason === null ? undefined : "line-through"}>{event.what}</span>
            </p>
            {event.voidedReason !== null && <p className="meta">Void. {event.voidedReason}</p>}
            {event.comment !== null && (
              <p className="text-fg-2">
                <UntrustedText text={event.comment} />
              </p>
            )}
            <p className="meta">
              <Time at={event.at} show="both" />
              {event.fingerprint !== null && <>, for <span className="mono">{shortFingerprint(event.fingerprint)}</span></>}
            </p>
          </li>
        ))}
      </Rows>
    </Card>
  );
}
