import { maskArguments } from "@/lib/domain/secret-argument.ts";
import { CopyButton } from "./copy-button.tsx";
import { cutText } from "./split-untrusted-text.ts";
import { UntrustedText } from "./untrusted-text.tsx";

interface JsonViewProps {
  value: unknown;
  /** What the value is: "Arguments". Names the copy button and the region. */
  label: string;
  maxLines?: number | undefined;
  /** Off only for what cannot hold a secret, such as a JSON schema, and for what is masked already. */
  masksSecrets?: boolean | undefined;
}

const MAX_CHARACTERS = 100_000;

/** Pretty JSON; values under keys that look secret are masked, long text is folded. */
export function JsonView({ value, label, maxLines = 24, masksSecrets = true }: JsonViewProps) {
  const whole = JSON.stringify(masksSecrets ? maskArguments(value).value : value, null, 2) ?? "undefined";
  const { text, isCut } = cutText(whole, MAX_CHARACTERS);
  const lines = text.split("\n");
  const isLong = lines.length > maxLines;
  return (
    <div className="relative min-w-0">
      <span className="absolute top-1 right-1 z-1">
        <CopyButton text={text} label={`Copy ${label.toLowerCase()}`} />
      </span>
      <UntrustedText as="block" className="pr-0" text={isLong ? lines.slice(0, maxLines).join("\n") : text} maxLength={MAX_CHARACTERS} />
      {isLong && (
        <details className="code-more">
          <summary>
            {label}: the other {lines.length - maxLines} of {lines.length} lines
          </summary>
          <UntrustedText as="block" text={lines.slice(maxLines).join("\n")} maxLength={MAX_CHARACTERS} />
        </details>
      )}
      {isCut && <p className="meta mt-1">Shown: the first {MAX_CHARACTERS.toLocaleString("en")} of {whole.length.toLocaleString("en")} characters.</p>}
    </div>
  );
}
