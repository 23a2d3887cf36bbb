import { Fingerprint } from "@/components/ui/fingerprint.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Mono } from "@/components/ui/mono.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { formatNumber } from "@/lib/format.ts";
import { subjectHref } from "./subject-href.ts";

export interface ListedEntry {
  index: number;
  at: string;
  kind: string;
  actor: string;
  actorName: string | null;
  subject: string;
  agentId: string | null;
  body: string;
  hash: string;
}

/** Each entry opens to exactly the text that was hashed. */
export function LogEntries({ entries, now, faultAt }: { entries: readonly ListedEntry[]; now: string; faultAt: number | undefined }) {
  return (
    <ol className="rows" aria-label="Log entries, newest first">
      {entries.map((entry) => (
        <li key={entry.index} id={`entry-${entry.index}`} className={entry.index === faultAt ? "bg-crit-soft" : undefined}>
          <details className="log-entry">
            <summary className="log-line" data-row="">
              <span className="mono text-fg-3">{formatNumber(entry.index)}</span>
              <span className="font-medium">{sentenceOf(entry.kind)}</span>
              <span className="min-w-0 truncate text-fg-2">
                <UntrustedText text={entry.subject} maxLength={80} />
                {entry.agentId !== null && entry.agentId !== entry.subject && <span className="text-fg-3"> of {entry.agentId}</span>}
              </span>
              <span className="text-fg-2">{entry.actorName ?? entry.actor.replace(/^system:.*/, "Holdpoint")}</span>
              <span className="text-fg-3">
                <Time at={entry.at} show="both" now={now} />
              </span>
            </summary>
            <EntryBody entry={entry} />
          </details>
        </li>
      ))}
    </ol>
  );
}

function EntryBody({ entry }: { entry: ListedEntry }) {
  const href = subjectHref(entry.subject, entry.agentId);
  return (
    <div className="grid gap-3 px-4 pt-1 pb-4">
      <dl className="kv kv-left">
        <dt>Kind</dt>
        <dd><Mono>{entry.kind}</Mono></dd>
        <dt>Who</dt>
        <dd><Mono className="break-all">{entry.actor}</Mono></dd>
        <dt>Subject</dt>
        <dd>{href === null ? <Mono className="break-all">{entry.subject}</Mono> : <Link className="link mono break-all" href={href}>{entry.subject}</Link>}</dd>
        <dt>At</dt>
        <dd><Mono>{entry.at}</Mono></dd>
        <dt>Leaf hash</dt>
        <dd><Fingerprint value={entry.hash} length={16} name="leaf hash" /></dd>
      </dl>
      <div>
        <p className="meta mb-1.5">Canonical text, exactly as hashed. The hash is SHA-256 over a zero byte and these bytes (RFC 6962).</p>
        <UntrustedText as="block" text={entry.body} maxLength={20_000} />
      </div>
    </div>
  );
}

/** "change.approved" reads "Change approved". */
function sentenceOf(kind: string): string {
  const text = kind.replaceAll(/[._]/g, " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
