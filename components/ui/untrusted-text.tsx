import { classNames } from "./class-names.ts";
import { cutText, splitUntrustedText } from "./split-untrusted-text.ts";

interface UntrustedTextProps {
  text: string;
  /** In characters. What is left out is said. */
  maxLength?: number | undefined;
  /** "block" for a text of its own in a code box, "inline" for a name or title inside a sentence. */
  as?: "inline" | "block" | undefined;
  className?: string | undefined;
}

/** Text of an agent, a tool or a user: never markup, and nothing in it stays invisible or turns the direction of what follows. */
export function UntrustedText({ text, maxLength = 4000, as = "inline", className }: UntrustedTextProps) {
  const cut = cutText(text, maxLength);
  const content = splitUntrustedText(cut.text).map((part, index) =>
    part.kind === "text" ? part.text : (
      <span className="hidden-char" title={part.name} key={index}>
        {part.codePoint}
      </span>
    ),
  );
  const note = cut.isCut ? `Shown: ${cut.text.length.toLocaleString("en")} of ${text.length.toLocaleString("en")} characters.` : undefined;
  if (as === "inline") {
    return (
      <bdi className={classNames("untrusted", className)} title={note}>
        {content}
        {cut.isCut && "…"}
        {note && <span className="sr-only"> {note}</span>}
      </bdi>
    );
  }
  return (
    <div className={className}>
      <div className="code untrusted" dir="auto">
        {content}
      </div>
      {note && <p className="meta mt-1">{note}</p>}
    </div>
  );
}
