import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

/** For ids, hashes and names from code. */
export function Mono({ children, className }: { children: ReactNode; className?: string | undefined }) {
  return <span className={classNames("mono", className)}>{children}</span>;
}
