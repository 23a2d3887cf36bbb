import type { ReactNode } from "react";

/** The sentence that answers the question of a card or page, with what it rests on under it. */
export function Verdict({ level = 2, detail, size = "lead", children }: { level?: 1 | 2 | 3 | undefined; detail?: ReactNode; size?: "lead" | "verdict" | undefined; children: ReactNode }) {
  const Heading = `h${level}` as const;
  return (
    <div>
      <Heading className={size === "verdict" ? "verdict" : "text-title font-semibold tracking-[-0.012em] text-pretty"}>{children}</Heading>
      {detail !== undefined && <p className="dense mt-1 max-w-[76ch] text-pretty text-fg-2">{detail}</p>}
    </div>
  );
}
