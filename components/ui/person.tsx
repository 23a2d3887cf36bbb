import type { ReactNode } from "react";

/** A person by name, with what they are here under it. */
export function Person({ name, detail, isYou = false }: { name: string; detail?: ReactNode; isYou?: boolean | undefined }) {
  return (
    <span className="inline-grid">
      <span className="font-medium">
        {name}
        {isYou && <span className="font-normal text-fg-3"> (you)</span>}
      </span>
      {detail !== undefined && <span className="meta">{detail}</span>}
    </span>
  );
}
