import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";
import { StatusShape, type StatusKind } from "./status-mark.tsx";

export type MessageKind = "error" | "warning" | "success" | "info";

const SHAPE: Record<MessageKind, StatusKind> = { error: "critical", warning: "warning", success: "met", info: "info" };

/** Stays where it is until the next attempt; results are never a toast. */
export function FormMessage({ kind, title, children }: { kind: MessageKind; title?: ReactNode; children?: ReactNode }) {
  return (
    <div className={`message message-${kind}`} role={kind === "error" ? "alert" : "status"}>
      <StatusShape kind={SHAPE[kind]} />
      <div className="min-w-0">
        {title !== undefined && <p className="font-medium">{title}</p>}
        {children !== undefined && <div className="text-pretty wrap-anywhere">{children}</div>}
      </div>
    </div>
  );
}

/** What came back after a form was sent. */
export type FormOutcome =
  | { status: "idle" }
  | { status: "done"; message?: string; shownOnce?: string }
  | { status: "failed"; message: string };

export function FormResult({ state, doneMessage = "Saved." }: { state: FormOutcome; doneMessage?: string | undefined }) {
  if (state.status === "idle") return null;
  if (state.status === "failed") return <FormMessage kind="error">{state.message}</FormMessage>;
  return (
    <FormMessage kind="success" title={state.message ?? doneMessage}>
      {state.shownOnce !== undefined && (
        <>
          <p>Copy it now. It is shown this one time.</p>
          <p className="mt-1.5 flex items-start gap-1">
            <code className="code min-w-0 flex-1 py-1!">{state.shownOnce}</code>
            <CopyButton text={state.shownOnce} label="Copy the secret" />
          </p>
        </>
      )}
    </FormMessage>
  );
}
