"use client";

import { useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { ErrorState } from "@/components/ui/error-state.tsx";
import { KeyValue } from "@/components/ui/key-value.tsx";
import { Mono } from "@/components/ui/mono.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { formatCount, formatDurationMs, formatNanoUsd, formatNumber } from "@/lib/format.ts";
import { KIND_WORDS, type SpanTab, type TraceRow } from "./trace-row.ts";

interface Presented {
  text: string;
  length: number;
  isCut: boolean;
  masked: number;
}

interface Detail {
  dialect: string;
  provider: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  cacheReadTokens: number | null;
  reasoningTokens: number | null;
  toolCallId: string | null;
  input: Presented | null;
  output: Presented | null;
  attributes: Presented | null;
  messages: { name: string; at: string; body: Presented | null }[];
}

/** The selected span. What went in and came out is asked for when somebody looks at it. */
export function SpanDetail({ runId, row, startUs, tab }: { runId: string; row: TraceRow; startUs: number; tab: SpanTab }) {
  const { data, isError, refetch } = useQuery({
    queryKey: ["span", runId, row.spanId],
    queryFn: async ({ signal }) => {
      const response = await fetch(`/api/console/runs/${encodeURIComponent(runId)}/spans/${encodeURIComponent(row.spanId)}`, { signal });
      if (!response.ok) throw new Error("the span could not be read");
      return (await response.json()) as Detail;
    },
    staleTime: 60_000,
  });
  return (
    <div className="grid gap-4 p-4">
      <SpanHead row={row} startUs={startUs} />
      {tab === "overview" && <Overview row={row} detail={data} />}
      {tab !== "overview" && isError && (
        <ErrorState title="This could not be read." action={<Button size="sm" onClick={() => void refetch()}>Try again</Button>}>
          The span is there; asking for its content failed.
        </ErrorState>
      )}
      {tab !== "overview" && !isError && (data === undefined ? <Waiting /> : <Content tab={tab} detail={data} kind={row.kind} />)}
    </div>
  );
}

function SpanHead({ row, startUs }: { row: TraceRow; startUs: number }) {
  const at = new Date((startUs + row.offsetUs) / 1_000).toISOString();
  return (
    <div>
      <p className="sub-h">
        {KIND_WORDS[row.kind]}, {at.slice(11, 22)} UTC, {formatDurationMs(row.durationUs / 1_000)}
      </p>
      <h2 className="text-lead font-semibold wrap-anywhere">
        <UntrustedText text={row.toolName ?? row.name} maxLength={200} />
      </h2>
    </div>
  );
}

const STATUS = { ok: null, error: "Ended in an error", interrupted: "Waited for a person", rejected: "Rejected by a person", refused: "Refused by the gate" } as const;

function Overview({ row, detail }: { row: TraceRow; detail: Detail | undefined }) {
  const word = STATUS[row.status];
  const tokens = row.tokens === null ? [] : [{ label: "Tokens", value: tokenSentence(row.tokens, detail) }, { label: "Cost", value: formatNanoUsd(row.costNanoUsd) }];
  const items = [
    ...(row.toolName !== null && row.toolName !== row.name ? [{ label: "Span", value: <UntrustedText text={row.name} maxLength={200} /> }] : []),
    ...(row.model === null ? [] : [{ label: "Model", value: <UntrustedText text={`${row.model}${detail?.provider ? `, ${detail.provider}` : ""}`} maxLength={200} /> }]),
    ...tokens,
    { label: "Started", value: `${formatDurationMs(row.offsetUs / 1_000)} into the run` },
    { label: "Took", value: formatDurationMs(row.durationUs / 1_000) },
    ...(detail?.toolCallId ? [{ label: "Call id", value: <Mono>{detail.toolCallId.slice(0, 100)}</Mono> }] : []),
    { label: "Span id", value: <Mono className="break-all">{row.spanId}</Mono> },
    ...(detail ? [{ label: "Spoken as", value: detail.dialect }] : []),
  ];
  return (
    <>
      {word !== null && (
        <div>
          <StatusMark kind={row.status === "error" ? "critical" : row.status === "rejected" || row.status === "refused" ? "rejected" : "waiting"}>{word}</StatusMark>
          {row.message !== null && <UntrustedText as="block" className="mt-2" text={row.message} />}
        </div>
      )}
      {row.isParentMissing && <p className="dense text-fg-2">Its parent was named but has not arrived, so its place in the run is not known.</p>}
      <KeyValue align="left" items={items} />
    </>
  );
}

function tokenSentence(total: number, detail: Detail | undefined): string {
  if (!detail) return formatNumber(total);
  const parts = [`${formatNumber(detail.inputTokens ?? 0)} in`, `${formatNumber(detail.outputTokens ?? 0)} out`];
  if (detail.cacheReadTokens) parts.push(`${formatNumber(detail.cacheReadTokens)} of it cached`);
  if (detail.reasoningTokens) parts.push(`${formatNumber(detail.reasoningTokens)} reasoning`);
  return parts.join(", ");
}

function Content({ tab, detail, kind }: { tab: Exclude<SpanTab, "overview">; detail: Detail; kind: TraceRow["kind"] }) {
  if (tab === "attributes") return <Value label="Attributes" value={detail.attributes} missing="This span carries no other attributes." />;
  const isOutputMessage = (name: string): boolean => name === "gen_ai.choice";
  const messages = detail.messages.filter((message) => isOutputMessage(message.name) === (tab === "output"));
  const value = tab === "input" ? detail.input : detail.output;
  const isSilent = value === null && messages.length === 0;
  return (
    <>
      {(value !== null || isSilent) && (
        <Value label={tab === "input" ? (kind === "tool" ? "Arguments" : "Input") : kind === "tool" ? "Result" : "Output"} value={value} missing="The sender did not record it. Many libraries leave content out unless told otherwise." />
      )}
      {messages.map((message, index) => (
        <Value key={`${message.name}-${index}`} label={message.name} value={message.body} missing="An empty message." />
      ))}
    </>
  );
}

function Value({ label, value, missing }: { label: string; value: Presented | null; missing: string }) {
  if (value === null) return <EmptyState kind="unknown" title={`No ${label.toLowerCase()} here`}>{missing}</EmptyState>;
  return (
    <div className="min-w-0">
      <p className="sub-h flex items-center gap-1">
        {label}
        <CopyButton text={value.text} label={`Copy ${label.toLowerCase()}`} />
      </p>
      <UntrustedText as="block" text={value.text} maxLength={value.text.length} />
      {value.isCut && (
        <p className="meta mt-1">
          {formatNumber(value.length)} characters, the first {formatNumber(value.text.length)} shown.
        </p>
      )}
      {value.masked > 0 && <p className="meta mt-1">{formatCount(value.masked, "value")} masked on the server: by name or form they look like secrets.</p>}
    </div>
  );
}

function Waiting() {
  return (
    <div role="status" className="grid gap-2">
      <span className="sr-only">Loading</span>
      <Skeleton className="w-24" />
      <Skeleton className="h-40!" />
    </div>
  );
}
