import type { ReactNode } from "react";
import { Link } from "./link.tsx";
import { StatusMark } from "./status-mark.tsx";

/** Empty means one of three things, and each says which: nothing exists yet, nothing matches, or we do not know. */
export type EmptyStateProps =
  | { kind: "nothing_yet"; title: ReactNode; children?: ReactNode; action?: ReactNode }
  | { kind: "no_match"; title?: ReactNode; children?: ReactNode; clearHref: string }
  | { kind: "unknown"; title: ReactNode; children?: ReactNode; action?: ReactNode };

export function EmptyState(props: EmptyStateProps) {
  if (props.kind === "unknown") {
    return (
      <div className="empty empty-unknown" role="status">
        <StatusMark kind="unknown">{props.title}</StatusMark>
        {props.children !== undefined && <p>{props.children}</p>}
        {props.action !== undefined && <div className="actions mt-2">{props.action}</div>}
      </div>
    );
  }
  if (props.kind === "no_match") {
    return (
      <div className="empty">
        <p className="empty-title">{props.title ?? "Nothing matches these filters."}</p>
        {props.children !== undefined && <p>{props.children}</p>}
        <Link className="link inline-flex min-h-6 items-center" href={props.clearHref}>
          Clear the filters
        </Link>
      </div>
    );
  }
  return (
    <div className="empty">
      <p className="empty-title">{props.title}</p>
      {props.children !== undefined && <p>{props.children}</p>}
      {props.action !== undefined && <div className="actions mt-2">{props.action}</div>}
    </div>
  );
}
