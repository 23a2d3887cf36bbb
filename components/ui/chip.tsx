import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { STATUS_WORDS, StatusShape, type StatusKind } from "./status-mark.tsx";

/** A status on a soft fill, for the head of a page or card. Without a kind it is a plain grey label. */
export function Chip({ kind, children, className }: { kind?: StatusKind | undefined; children?: ReactNode; className?: string | undefined }) {
  return (
    <span className={classNames("chip", kind && `k-${kind}`, className)}>
      {kind && <StatusShape kind={kind} className="size-3.5" />}
      {children ?? (kind && STATUS_WORDS[kind])}
    </span>
  );
}
