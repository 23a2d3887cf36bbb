import { CopyButton } from "./copy-button.tsx";

/** "a07c2be9…" becomes "a07c 2be9": short enough to compare by eye. */
export function shortFingerprint(value: string, length = 8): string {
  return (value.replace(/^sha256:/, "").slice(0, length).match(/.{1,4}/g) ?? []).join(" ");
}

/** The first characters of a hash; the whole of it in the title and on the clipboard. */
export function Fingerprint({ value, length, canCopy = true, name = "fingerprint" }: { value: string; length?: number | undefined; canCopy?: boolean | undefined; name?: string | undefined }) {
  return (
    <span className="fp">
      <span className="mono" title={value}>
        {shortFingerprint(value, length)}
      </span>
      {canCopy && <CopyButton text={value} label={`Copy ${name} ${shortFingerprint(value, length)}`} />}
    </span>
  );
}
