import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

export const STATUS_WORDS = {
  ok: "OK",
  met: "Met",
  proven: "Proven",
  info: "Info",
  warning: "Warning",
  critical: "Critical",
  unknown: "Cannot tell",
  paused: "Paused",
  stopped: "Stopped",
  waiting: "Waiting",
  expired: "Expired",
  canary: "Canary",
  rejected: "Rejected",
  open: "Not run",
} as const;

export type StatusKind = keyof typeof STATUS_WORDS;

const THIN = { fill: "none", stroke: "currentColor", strokeWidth: 1.4, strokeLinecap: "round", strokeLinejoin: "round" } as const;
/** Drawn on a filled shape: the colour of what lies behind it. */
const CUT = { stroke: "var(--surface)", fill: "none", strokeWidth: 1.6, strokeLinecap: "round" } as const;
const HOURGLASS = "M3.5 1.75h9M3.5 14.25h9M4.6 1.75v2.1c0 1.7 3.4 2.9 3.4 4.15 0 1.25-3.4 2.45-3.4 4.15v2.1M11.4 1.75v2.1c0 1.7-3.4 2.9-3.4 4.15 0 1.25 3.4 2.45 3.4 4.15v2.1";

/** No two outlines are alike, so that a status is read without its colour. */
const SHAPES: Record<StatusKind, ReactNode> = {
  ok: <path {...THIN} d="M3 8.6l3.2 3.2L13 4.4" />,
  met: <><circle {...THIN} cx="8" cy="8" r="6.25" strokeWidth={1.25} /><path {...THIN} d="M5.2 8.2l2 2 3.7-4.1" /></>,
  proven: <><path {...THIN} d="M8 1.2 13.8 3.6v4.2c0 3.4-2.5 5.8-5.8 7-3.3-1.2-5.8-3.6-5.8-7V3.6z" /><path {...THIN} d="M5.3 8l1.9 1.9 3.5-3.8" /></>,
  info: <><circle {...THIN} cx="8" cy="8" r="6.25" strokeWidth={1.25} /><path {...THIN} d="M8 7.4v3.4" /><circle cx="8" cy="5.1" r=".95" fill="currentColor" /></>,
  warning: <><path d="M8 1.6c.5 0 .9.25 1.15.7l5.5 9.9c.5.9-.15 1.9-1.15 1.9h-11c-1 0-1.65-1-1.15-1.9l5.5-9.9c.25-.45.65-.7 1.15-.7z" fill="currentColor" /><path {...CUT} d="M8 5.6v3.5" /><circle cx="8" cy="11.6" r=".95" fill="var(--surface)" /></>,
  critical: <><path d="M8 .6 15.4 8 8 15.4.6 8z" fill="currentColor" /><path {...CUT} d="M8 4.4v4" /><circle cx="8" cy="11.2" r="1" fill="var(--surface)" /></>,
  unknown: <><circle {...THIN} cx="8" cy="8" r="6.25" strokeDasharray="2.6 1.9" strokeLinecap="butt" /><path {...THIN} d="M6.3 6.4a1.75 1.75 0 1 1 2.5 1.6c-.5.25-.8.6-.8 1.1" /><circle cx="8" cy="11.2" r=".85" fill="currentColor" /></>,
  paused: <><rect {...THIN} x="1.75" y="1.75" width="12.5" height="12.5" rx="2.5" /><path {...THIN} strokeWidth={1.75} d="M6.2 5.4v5.2M9.8 5.4v5.2" /></>,
  stopped: <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" fill="currentColor" />,
  waiting: <><path {...THIN} d={HOURGLASS} /><path d="M6 12.9c.4-1 1.3-1.4 2-1.9.7.5 1.6.9 2 1.9z" fill="currentColor" /></>,
  expired: <><path {...THIN} d={HOURGLASS} /><path {...THIN} strokeWidth={1.6} d="M1.5 13.5l13-11" /></>,
  canary: <><circle {...THIN} cx="8" cy="8" r="6.25" strokeWidth={1.5} /><path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor" /></>,
  rejected: <path {...THIN} strokeWidth={2} d="M3.5 3.5l9 9M12.5 3.5l-9 9" />,
  open: <circle {...THIN} cx="8" cy="8" r="6.25" strokeWidth={1.5} />,
};

/** The shape alone, for a place where the word stands beside it. */
export function StatusShape({ kind, className }: { kind: StatusKind; className?: string | undefined }) {
  return (
    <svg className={classNames(`k-${kind}`, className)} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {SHAPES[kind]}
    </svg>
  );
}

/** Shape, word, then colour. The word defaults to the kind's own. */
export function StatusMark({ kind, children, className }: { kind: StatusKind; children?: ReactNode; className?: string | undefined }) {
  return (
    <span className={classNames("st", `k-${kind}`, className)}>
      <StatusShape kind={kind} />
      {children ?? STATUS_WORDS[kind]}
    </span>
  );
}

/** In its colour only: the shape stands elsewhere in the row. */
export function StatusWord({ kind, children, className }: { kind: StatusKind; children: ReactNode; className?: string | undefined }) {
  return <span className={classNames("st", `k-${kind}`, className)}>{children}</span>;
}
