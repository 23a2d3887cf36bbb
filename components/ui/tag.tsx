import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

/** A property, never a state: tier, effect, dialect. */
export function Tag({ strong = false, children, className }: { strong?: boolean | undefined; children: ReactNode; className?: string | undefined }) {
  return <span className={classNames("tag", strong && "tag-strong", className)}>{children}</span>;
}
