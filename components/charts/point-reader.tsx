"use client";

import { useState, type KeyboardEvent, type PointerEvent } from "react";
import { classNames } from "../ui/class-names.ts";

export interface ReadPoint {
  /** As everything here in hundredths of the chart's box. */
  x: number;
  /** The time, and what every series says then. */
  text: string;
  dots: readonly number[];
}

/** Goes over a chart from point to point, by the arrow keys or under the pointer: each is shown, and said as the value. */
export function PointReader({ label, points }: { label: string; points: readonly ReadPoint[] }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const last = points.length - 1;
  const place = Math.min(chosen ?? last, last);
  const point = points[place];
  if (!point) return null;
  const go = (to: number) => setChosen(Math.min(last, Math.max(0, to)));
  const press = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = { ArrowLeft: place - 1, ArrowDown: place - 1, ArrowRight: place + 1, ArrowUp: place + 1, Home: 0, End: last };
    const to = steps[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(to);
  };
  const follow = (event: PointerEvent) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const x = ((event.clientX - left) / Math.max(1, width)) * 100;
    go(points.reduce((nearest, one, index) => (Math.abs(one.x - x) < Math.abs((points[nearest]?.x ?? Infinity) - x) ? index : nearest), 0));
  };
  return (
    <div
      className="reader" role="slider" tabIndex={0} aria-label={label} aria-valuemin={1} aria-valuemax={points.length} aria-valuenow={place + 1} aria-valuetext={point.text}
      onKeyDown={press} onFocus={() => go(place)} onBlur={() => setChosen(null)} onPointerMove={follow} onPointerLeave={() => setChosen(null)}
    >
      {chosen !== null && (
        <>
          <i className="reader-line" style={{ left: `${point.x}%` }} />
          {point.dots.map((y) => <i key={y} className="reader-dot" style={{ left: `${point.x}%`, top: `${y}%` }} />)}
          <span className={classNames("reader-text", point.x < 50 && "reader-text-right")} aria-hidden="true">{point.text}</span>
        </>
      )}
    </div>
  );
}
