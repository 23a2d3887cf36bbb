import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { Link } from "./link.tsx";
import { StatusShape, type StatusKind } from "./status-mark.tsx";

/** Lines divided by rules. Children are `Row`s or any `<li>`. */
export function Rows({ label, ordered = false, className, children }: { label?: string | undefined; ordered?: boolean | undefined; className?: string | undefined; children: ReactNode }) {
  const List = ordered ? "ol" : "ul";
  return (
    <List className={classNames("rows", className)} aria-label={label}>
      {children}
    </List>
  );
}

interface RowProps {
  title: ReactNode;
  /** One line of smaller text under the title. */
  detail?: ReactNode;
  /** What stands at the right end: a state, an age, a button. */
  aside?: ReactNode;
  /** A shape before the title; the title or aside must carry its word. */
  mark?: StatusKind | undefined;
  /** Makes the whole row press like its title. Buttons and links inside stay their own. */
  href?: string | undefined;
  className?: string | undefined;
}

export function Row({ title, detail, aside, mark, href, className }: RowProps) {
  return (
    <li className={classNames("row", mark && "row-marked", className)}>
      {mark && <StatusShape kind={mark} />}
      <div className="min-w-0">
        <div className="row-title">
          {href === undefined ? title : (
            <Link className="link stretch" href={href}>
              {title}
            </Link>
          )}
        </div>
        {detail !== undefined && <div className="row-detail">{detail}</div>}
      </div>
      {aside !== undefined && <div className="row-aside">{aside}</div>}
    </li>
  );
}
