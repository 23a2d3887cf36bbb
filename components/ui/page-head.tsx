import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

interface PageHeadProps {
  title: ReactNode;
  /** "verdict" sets the title as a sentence that answers the page's question. */
  kind?: "title" | "verdict" | undefined;
  /** Chips and tags: beside a title, above a verdict. */
  marks?: ReactNode;
  /** One sentence under the title. */
  lead?: ReactNode;
  /** The line of small facts, each an element of its own; `<b>` inside for the value. */
  facts?: readonly ReactNode[] | undefined;
  actions?: ReactNode;
}

export function PageHead({ title, kind = "title", marks, lead, facts = [], actions }: PageHeadProps) {
  const isVerdict = kind === "verdict";
  return (
    <div className="page-head">
      <div className="min-w-0 flex-1">
        <div className={classNames("flex flex-wrap gap-x-3 gap-y-2", isVerdict ? "flex-col items-start" : "items-center")}>
          {isVerdict && marks !== undefined && <div className="flex flex-wrap gap-2">{marks}</div>}
          <h1 className={isVerdict ? "verdict" : "title"}>{title}</h1>
          {!isVerdict && marks}
        </div>
        {lead !== undefined && <p className="mt-1 max-w-[76ch] text-pretty text-fg-2">{lead}</p>}
        {facts.length > 0 && (
          <ul className="facts mt-1.5">
            {facts.map((fact, index) => (
              <li key={index} className="min-w-0">
                {fact}
              </li>
            ))}
          </ul>
        )}
      </div>
      {actions !== undefined && <div className="actions">{actions}</div>}
    </div>
  );
}
