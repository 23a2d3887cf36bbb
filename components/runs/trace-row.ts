import type { IconName } from "@/components/ui/icon.tsx";
import type { SpanKind, SpanStatus } from "@/lib/domain/agent-span.ts";
import type { NoteworthyReason, NoteworthySpan } from "@/lib/domain/lay-out-spans.ts";

/** A span as the waterfall needs it: neither input nor output. */
export interface TraceRow {
  spanId: string;
  name: string;
  kind: SpanKind;
  status: SpanStatus;
  depth: number;
  /** Whole microseconds from the start of the run, and how long. */
  offsetUs: number;
  durationUs: number;
  isParentMissing: boolean;
  toolName: string | null;
  model: string | null;
  tokens: number | null;
  costNanoUsd: number | null;
  message: string | null;
}

export interface Trace {
  runId: string;
  /** All of them. */
  rows: readonly TraceRow[];
  /** When the run started, in whole microseconds since 1970. */
  startUs: number;
  totalUs: number;
  missingParents: number;
  /** Spans that are there but not shown. */
  leftOut: number;
  noteworthy: readonly NoteworthySpan[];
}

/** On its way to the browser: of a long run first what can be seen when it opens. */
export interface PackedTrace extends Omit<Trace, "rows"> {
  packedRows: string;
  /** Of which rows these are a part, and the place of the first among them. */
  show: TraceShow;
  from: number;
  /** How many there are, whatever was sent. */
  counts: Readonly<Record<TraceShow, number>>;
  isWhole: boolean;
}

export const TRACE_SHOWS = ["all", "tools", "decisions", "errors"] as const;
export type TraceShow = (typeof TRACE_SHOWS)[number];

export const SPAN_TABS = ["overview", "input", "output", "attributes"] as const;
export type SpanTab = (typeof SPAN_TABS)[number];

/** What is selected, as the address says it; null leaves the choice to the page. */
export interface TraceView {
  span: string | null;
  tab: SpanTab;
  show: TraceShow;
}

export function readTraceView(get: (name: string) => string | null): TraceView {
  const tab = get("tab");
  const show = get("show");
  return {
    span: get("span"),
    tab: SPAN_TABS.find((each) => each === tab) ?? "overview",
    show: TRACE_SHOWS.find((each) => each === show) ?? "all",
  };
}

export const KIND_ICONS: Record<SpanKind, IconName> = {
  agent: "runs", workflow: "runs", step: "tree", inference: "model", embedding: "model", retrieval: "read", tool: "tool", transport: "link", guardrail: "gate", memory: "inbox",
  decision: "gate", other: "right",
};

export const KIND_WORDS: Record<SpanKind, string> = {
  agent: "Agent", workflow: "Workflow", step: "Step", inference: "Model call", embedding: "Embedding", retrieval: "Retrieval", tool: "Tool call", transport: "Transport of a tool call",
  guardrail: "Guardrail", memory: "Memory", decision: "Decision", other: "Other",
};

export const REASON_WORDS: Record<NoteworthyReason, string> = { recipe: "a recipe that differs", error: "error", escalated: "handed to a person", person: "a person’s word", write: "a call with an effect" };

export const STATUS_TAGS: Partial<Record<SpanStatus, string>> = { error: "error", interrupted: "waited for a person", rejected: "rejected by a person", refused: "refused by the gate" };

export function shownRows(rows: readonly TraceRow[], show: TraceShow): readonly TraceRow[] {
  if (show === "tools") return rows.filter((row) => row.kind === "tool");
  if (show === "decisions") return rows.filter((row) => row.kind === "decision");
  return show === "errors" ? rows.filter((row) => row.status === "error") : rows;
}
