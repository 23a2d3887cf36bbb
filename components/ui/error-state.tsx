import type { ReactNode } from "react";
import { Mono } from "./mono.tsx";
import { StatusMark } from "./status-mark.tsx";

interface ErrorStateProps {
  /** 1 where it stands in place of the whole page, whose heading it then is. */
  level?: 1 | undefined;
  title?: ReactNode;
  /** What could not be done, and what to do now. */
  children?: ReactNode;
  /** The id under which the log holds the cause. */
  reference?: string | undefined;
  /** Usually a button that tries again. */
  action?: ReactNode;
}

export function ErrorState({ level, title = "This part could not be loaded.", children, reference, action }: ErrorStateProps) {
  const mark = <StatusMark kind="critical" className="whitespace-normal">{title}</StatusMark>;
  return (
    <div className="empty" role="alert">
      {level === 1 ? <h1 className="text-[length:inherit]">{mark}</h1> : mark}
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
