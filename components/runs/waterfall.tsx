"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type CSSProperties, type KeyboardEvent } from "react";
import { Icon } from "@/components/ui/icon.tsx";
import { classNames } from "@/components/ui/class-names.ts";
import { StatusShape } from "@/components/ui/status-mark.tsx";
import { formatDurationMs } from "@/lib/format.ts";
import { KIND_ICONS, KIND_WORDS, STATUS_TAGS, type TraceRow } from "./trace-row.ts";
import type { PlacedRows } from "./use-trace.ts";

/** From here on only what is in view is drawn. */
const DRAWN_WHOLE = 200;
const ROW_HEIGHT = 34;

interface WaterfallProps {
  rows: PlacedRows;
  /** Until then some are holes. */
  isWhole: boolean;
  totalUs: number;
  selected: string | undefined;
  escalated: ReadonlySet<string>;
  hrefOf: (spanId: string) => string;
  onSelect: (spanId: string) => void;
}

export function Waterfall(props: WaterfallProps) {
  const list = useRef<HTMLDivElement>(null);
  const { rows, selected, onSelect } = props;

  /** Gets the focus as soon as it is drawn. */
  const wanted = useRef<string | null>(null);
  const onDrawn = (row: HTMLElement | null) => {
    if (row === null || row.dataset["span"] !== wanted.current) return;
    wanted.current = null;
    row.focus();
  };

  // Keys walk through the list; the focus goes along, also to rows that were not drawn yet.
  const onKeyDown = (event: KeyboardEvent) => {
    const focused = (event.target as HTMLElement).closest<HTMLElement>("[data-span]")?.dataset["span"];
    const at = rows.findIndex((row) => row?.spanId === focused);
    const next = rows[placeAfter(event.key, at, rows.length)];
    if (at < 0 || !next || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    wanted.current = next.spanId;
    onSelect(next.spanId);
    onDrawn(list.current?.querySelector<HTMLElement>(`[data-span="${CSS.escape(next.spanId)}"]`) ?? null);
  };

  return (
    <div ref={list} onKeyDown={onKeyDown}>
      <TimeAxis totalUs={props.totalUs} />
      {rows.length <= DRAWN_WHOLE ? (
        <ol aria-label="Spans" aria-busy={!props.isWhole || undefined}>
          {rows.map((row, index) => (
            <li key={row?.spanId ?? index}>
              {isFirstOrphan(rows, index) && <OrphanNote />}
              {row ? <WaterfallRow {...props} row={row} isCurrent={row.spanId === selected} onDrawn={onDrawn} /> : <ComingRow />}
            </li>
          ))}
        </ol>
      ) : (
        <VirtualRows {...props} onDrawn={onDrawn} />
      )}
    </div>
  );
}

/** -1: the key goes nowhere. */
function placeAfter(key: string, at: number, count: number): number {
  const places: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1 };
  return places[key] ?? -1;
}

interface Drawn {
  onDrawn: (row: HTMLElement | null) => void;
}

const isFirstOrphan = (rows: PlacedRows, index: number): boolean => rows[index]?.isParentMissing === true && rows[index - 1]?.isParentMissing !== true;

/** On its way; it takes the place of the row that comes. */
function ComingRow() {
  return <div className="wf wf-coming"><span className="nm"><span className="sr-only">Not read yet</span></span></div>;
}

function OrphanNote() {
  return <p className="wf-note">Parent missing: it was named but has not arrived.</p>;
}

function TimeAxis({ totalUs }: { totalUs: number }) {
  return (
    <div className="wf wf-head" aria-hidden="true">
      <span>Span</span>
      <span>
        <span>0</span>
        <span>{formatDurationMs(totalUs / 1_000)}</span>
      </span>
      <span className="du">took</span>
    </div>
  );
}

function VirtualRows(props: WaterfallProps & Drawn) {
  "use no memo";
  const { rows, selected } = props;
  const box = useRef<HTMLDivElement>(null);
  const at = rows.findIndex((row) => row?.spanId === selected);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    initialRect: { width: 480, height: 600 },
    initialOffset: Math.max(0, at - 6) * ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.spanId ?? index,
  });
  useEffect(() => {
    if (at >= 0) virtualizer.scrollToIndex(at, { align: "auto" });
    // Only when another span is chosen: a scroll of one's own must not be undone.
    // The virtualizer itself is one object for the life of the list.
  }, [at, virtualizer]);
  return (
    <div className="wf-scroll" ref={box}>
      <ol aria-label="Spans" aria-busy={!props.isWhole || undefined} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return (
            <li key={item.key} ref={virtualizer.measureElement} data-index={item.index} aria-setsize={rows.length} aria-posinset={item.index + 1} style={{ transform: `translateY(${item.start}px)` }}>
              {isFirstOrphan(rows, item.index) && <OrphanNote />}
              {row ? <WaterfallRow {...props} row={row} isCurrent={row.spanId === selected} /> : <ComingRow />}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function WaterfallRow({ row, totalUs, isCurrent, escalated, hrefOf, onSelect, onDrawn }: WaterfallProps & Drawn & { row: TraceRow; isCurrent: boolean }) {
  const isWaiting = row.status === "interrupted" || row.status === "rejected" || row.status === "refused";
  const tag = escalated.has(row.spanId) ? "handed over" : STATUS_TAGS[row.status];
  const share = (us: number): string => `${totalUs === 0 ? 0 : ((100 * us) / totalUs).toFixed(2)}%`;
  return (
    <a
      ref={onDrawn}
      href={hrefOf(row.spanId)}
      data-span={row.spanId}
      className={classNames(
        "wf",
        (row.kind === "tool" || row.kind === "decision") && "wf-strong",
        row.status === "error" && "wf-error",
        isWaiting && "wf-waiting",
        row.kind === "decision" && "wf-decision",
        row.kind === "transport" && "wf-transport",
      )}
      aria-current={isCurrent || undefined}
      style={{ "--d": row.depth } as CSSProperties}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        onSelect(row.spanId);
      }}
    >
      <span className="nm">
        {row.status === "error" ? <StatusShape kind="critical" /> : <Icon name={KIND_ICONS[row.kind]} />}
        <span title={`${row.name}, ${KIND_WORDS[row.kind].toLowerCase()}`}>
          <bdi>{row.toolName ?? row.name}</bdi>
        </span>
        {tag && <b className="wf-out">{tag}</b>}
      </span>
      <span className="tk" aria-hidden="true">
        <i style={{ left: `min(${share(row.offsetUs)}, 100% - 2px)`, width: share(row.durationUs) }} />
      </span>
      <span className="du">{formatDurationMs(row.durationUs / 1_000)}</span>
    </a>
  );
}
