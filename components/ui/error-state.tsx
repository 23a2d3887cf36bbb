import type { ReactNode } from "react";
import { Mono } from "./mono.tsx";
import { StatusMark } from "./status-mark.tsx";

interface ErrorStateProps {
  title?: ReactNode;
  /** What could not be done, and what to do now. */
  children?: ReactNode;
  /** The id under which the log holds the cause. */
  reference?: string | undefined;
  /** Usually a button that tries again. */
  action?: ReactNode;
}

export function ErrorState({ title = "This part could not be loaded.", children, reference, action }: ErrorStateProps) {
  return (
    <div className="empty" role="alert">
      <StatusMark kind="critical" className="whitespace-normal">{title}</StatusMark>
      {children !== undefined && <p>{children}</p>}
      {reference !== undefined && (
        <p className="meta">
          Reference <Mono>{reference}</Mono>
        </p>
      )}
      {action !== undefined && <div className="actions mt-2">{action}</div>}
    </div>
  );
}
