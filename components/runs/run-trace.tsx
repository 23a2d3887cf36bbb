"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useMemo, type ReactNode } from "react";
import { Button } from "@/components/ui/button.tsx";
import { keyOf } from "@/components/layout/key-of.ts";
import { useChosenKeys } from "@/components/layout/use-chosen-keys.ts";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Icon } from "@/components/ui/icon.tsx";
import { SkeletonRows } from "@/components/ui/skeleton.tsx";
import { formatCount, formatNumber } from "@/lib/format.ts";
import { SpanDetail } from "./span-detail.tsx";
import { readTraceView, REASON_WORDS, SPAN_TABS, type PackedTrace, type SpanTab, type TraceShow, type TraceView } from "./trace-row.ts";
import { useTrace } from "./use-trace.ts";
import { Waterfall } from "./waterfall.tsx";

const NOTHING_SHOWN: Record<TraceShow, string> = { all: "No spans have arrived.", tools: "No tool was called.", decisions: "Nothing was decided at a gate.", errors: "No span ended in an error." };

const TAB_NAMES: Record<SpanTab, string> = { overview: "Overview", input: "Input", output: "Output", attributes: "Attributes" };

/** What is selected lives in the address; changing it asks the server for nothing but the selected span. */
export function RunTrace({ trace: initial, aside }: { trace: PackedTrace; aside: ReactNode }) {
  const { facts: trace, known, rowsOf, hasFailed, readAgain } = useTrace(initial);
  const search = useSearchParams();
  const pathname = usePathname();
  const view = readTraceView((name) => search.get(name));
  const landing = trace.noteworthy[0]?.spanId ?? known[0]?.spanId;
  const asked = known.find((each) => each.spanId === view.span);
  // Until all have come, one that is not there may be on its way.
  const row = asked ?? (trace.isWhole || view.span === null ? known.find((each) => each.spanId === landing) : undefined);

  const addressOf = (change: Partial<TraceView>): string => {
    const next = { ...view, ...change };
    const query = new URLSearchParams();
    if (next.span !== null) query.set("span", next.span);
    if (next.tab !== "overview") query.set("tab", next.tab);
    if (next.show !== "all") query.set("show", next.show);
    return query.size === 0 ? pathname : `${pathname}?${query.toString()}`;
  };
  const go = (change: Partial<TraceView>): void => window.history.pushState(null, "", addressOf(change));
  const rows = useMemo(() => rowsOf(view.show), [rowsOf, view.show]);
  const escalated = useMemo(() => new Set(trace.noteworthy.filter((found) => found.reason === "escalated").map((found) => found.spanId)), [trace.noteworthy]);

  return (
    <div className="trace" data-open={view.span !== null}>
      <section className="trace-list" aria-label="Trace">
        <ShowChips trace={trace} view={view} addressOf={addressOf} go={go} />
        {rows.length === 0 ? <EmptyState kind="no_match" title={NOTHING_SHOWN[view.show]} clearHref={addressOf({ show: "all" })} /> : (
          <Waterfall rows={rows} isWhole={trace.isWhole} totalUs={trace.totalUs} selected={row?.spanId} escalated={escalated} hrefOf={(span) => addressOf({ span })} onSelect={(span) => go({ span })} />
        )}
        {hasFailed && !trace.isWhole && <p className="wf-foot flex items-center gap-2" role="alert">The other spans could not be read. <Button size="sm" onClick={readAgain}>Try again</Button></p>}
        <p className="wf-foot">{footOf(trace)}</p>
      </section>
      <section className="trace-detail" aria-label="Selected span">
        <div className="tabs items-center">
          <a className="trace-back" href={addressOf({ span: null })} onClick={(event) => follow(event, () => go({ span: null }))}>
            <Icon name="left" />
            <span className="sr-only">Back to the list</span>
          </a>
          {SPAN_TABS.map((tab) => (
            <a key={tab} href={addressOf({ tab })} aria-current={tab === view.tab ? "true" : undefined} onClick={(event) => follow(event, () => go({ tab }))}>
              {TAB_NAMES[tab]}
            </a>
          ))}
        </div>
        {trace.noteworthy.length > 0 && <div className="trace-phone-nav"><FindingNav trace={trace} view={view} addressOf={addressOf} go={go} /></div>}
        {row ? <SpanDetail key={row.spanId} runId={trace.runId} row={row} startUs={trace.startUs} tab={view.tab} /> : !trace.isWhole ? <SkeletonRows rows={3} label="Reading the span" /> : (
          <EmptyState kind="unknown" title="No spans have arrived.">The run is known, its spans are not: they may be on their way, or past their retention.</EmptyState>
        )}
      </section>
      <section aria-label="What else is known">{aside}</section>
    </div>
  );
}

interface Going {
  trace: PackedTrace;
  view: TraceView;
  addressOf: (change: Partial<TraceView>) => string;
  go: (change: Partial<TraceView>) => void;
}

function ShowChips({ trace, view, addressOf, go }: Going) {
  const { counts } = trace;
  const names: Record<TraceShow, string> = { all: "All", tools: "Tools", decisions: "Decisions only", errors: "Errors" };
  const shows = (Object.keys(names) as TraceShow[]).filter((show) => show !== "decisions" || counts.decisions > 0);
  return (
    <div className="trace-chips">
      {shows.map((show) => (
        <a key={show} className="pill" href={addressOf({ show })} aria-current={view.show === show ? "true" : undefined} onClick={(event) => follow(event, () => go({ show }))}>
          {names[show]} {formatNumber(counts[show])}
        </a>
      ))}
      <FindingNav trace={trace} view={view} addressOf={addressOf} go={go} />
    </div>
  );
}

/** Why somebody has probably come, and how many such places there are. */
function FindingNav({ trace, view, addressOf, go }: Going) {
  const chosen = useChosenKeys();
  const found = trace.noteworthy;
  const first = found[0];
  if (!first) return null;
  const at = found.findIndex((each) => each.spanId === (view.span ?? first.spanId));
  const current = found[at];
  const step = (by: number, label: string, icon: "left" | "right", key: string) => {
    const target = found[at + by];
    if (!target) return null;
    const change = { span: target.spanId, show: "all" as const };
    return (
      <a className="btn btn-quiet btn-icon p-0!" href={addressOf(change)} aria-label={label} title={`${label} (${keyOf(key, chosen)})`} data-key={key} onClick={(event) => follow(event, () => go(change))}>
        <Icon name={icon} />
      </a>
    );
  };
  return (
    <span className="finding-nav">
      {step(-1, "Previous finding", "left", "p")}
      {current ? `Came for: ${REASON_WORDS[current.reason]}, ${at + 1} of ${found.length}` : formatCount(found.length, "finding")}
      {step(1, "Next finding", "right", "n")}
    </span>
  );
}

function follow(event: { preventDefault: () => void; metaKey: boolean; ctrlKey: boolean; shiftKey: boolean }, run: () => void): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  run();
}

function footOf(trace: PackedTrace): string {
  const missing = trace.missingParents === 0 ? "none missing" : `${formatCount(trace.missingParents, "parent")} missing`;
  const leftOut = trace.leftOut > 0 ? ` ${formatNumber(trace.leftOut)} more are stored and not shown.` : "";
  return `Hatched: a person was waited for. ${formatCount(trace.counts.all, "span")}, ${missing}.${leftOut}`;
}
