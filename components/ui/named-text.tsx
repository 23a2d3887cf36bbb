import { Fragment } from "react";
import { splitNames } from "@/lib/domain/capability-delta.ts";
import { UntrustedText } from "./untrusted-text.tsx";

/** A sentence whose names, in backticks, come from outside: they are set as code. */
export function NamedText({ text }: { text: string }) {
  return splitNames(text).map((part, index) => (
    <Fragment key={index}>
      {part.isName ? (
        <code>
          <UntrustedText text={part.text} maxLength={300} />
        </code>
      ) : (
        <UntrustedText text={part.text} />
      )}
    </Fragment>
  ));
}
