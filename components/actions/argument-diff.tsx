import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { diffArguments } from "@/lib/domain/diff-arguments.ts";

const LISTED = 50;

/** What a person made of the arguments, one line each. */
export function ArgumentDiff({ before, after, label }: { before: unknown; after: unknown; label: string }) {
  const changes = diffArguments(before, after);
  if (changes.length === 0) return <p className="meta">Nothing is different.</p>;
  return (
    <ul className="act-diff" aria-label={label}>
      {changes.slice(0, LISTED).map((change) => (
        <li key={change.path}>
          <span className="mono">{change.path === "" ? "arguments" : <UntrustedText text={change.path} maxLength={200} />}</span>
          <span>
            {change.before === null ? <span className="text-fg-3">nothing</span> : <del><UntrustedText text={change.before} maxLength={400} /></del>}
            {" → "}
            {change.after === null ? <span className="text-fg-3">nothing</span> : <ins><UntrustedText text={change.after} maxLength={400} /></ins>}
          </span>
        </li>
      ))}
      {changes.length > LISTED && <li className="meta">{changes.length - LISTED} more differences.</li>}
    </ul>
  );
}
