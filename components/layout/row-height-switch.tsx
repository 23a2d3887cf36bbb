"use client";

import { useId, useSyncExternalStore } from "react";
import { chooseRowHeight, readRowHeight, ROW_HEIGHTS, subscribeToRowHeight, type RowHeight } from "./row-height.ts";

const LABELS: Record<RowHeight, string> = { compact: "Compact rows", default: "Rows as they come", touch: "High rows" };
/** Where three lines lie, from close together to far apart. */
const LINES: Record<RowHeight, readonly number[]> = { compact: [5.5, 8, 10.5], default: [4, 8, 12], touch: [2.5, 8, 13.5] };

/** A phone has its own rows and needs none of it. */
export function RowHeightSwitch() {
  const name = useId();
  const current = useSyncExternalStore(subscribeToRowHeight, readRowHeight, () => "default" as const);
  return (
    <fieldset className="theme max-sm:hidden">
      <legend className="sr-only">Row height</legend>
      {ROW_HEIGHTS.map((height) => (
        <label key={height} title={LABELS[height]}>
          {/* Of no form, though it may stand in one: the address says what is shown, not how. */}
          <input form="" type="radio" name={name} value={height} checked={current === height} onChange={() => chooseRowHeight(height)} />
          <svg className="icon" viewBox="0 0 16 16" aria-hidden="true"><path d={LINES[height].map((y) => `M2.5 ${y}h11`).join("")} /></svg>
          <span className="sr-only">{LABELS[height]}</span>
        </label>
      ))}
    </fieldset>
  );
}
