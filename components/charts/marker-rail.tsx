"use client";

import { useRef, useState, type FocusEvent, type KeyboardEvent } from "react";
import { classNames } from "../ui/class-names.ts";
import { formatMoment } from "../ui/format-time.ts";
import { Link } from "../ui/link.tsx";
import { StatusShape } from "../ui/status-mark.tsx";
import { groupMarkers, scaleTo100, type Range } from "./plot-geometry.ts";

/** Something that happened: a line in the charts. */
export interface ChartMarker {
  at: number;
  label: string;
  isStop: boolean;
  href: string;
}

interface MarkerRailProps {
  markers: readonly ChartMarker[];
  /** Of the charts above. */
  range: Range;
  now: Date;
}

/** A mark is 24 px wide for a finger; the narrowest chart is 290 px. */
const APART = 8.5;

/** Under the lines of a chart: what each stands for, and the way there, when it is pointed at, has the focus or is pressed. */
export function MarkerRail({ markers, range, now }: MarkerRailProps) {
  const [open, setOpen] = useState<number | null>(null);
  const rail = useRef<HTMLUListElement>(null);
  const groups = groupMarkers(markers, scaleTo100(range), APART);
  const close = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || open === null) return;
    event.stopPropagation();
    rail.current?.querySelectorAll("button")[open]?.focus();
    setOpen(null);
  };
  const leave = (event: FocusEvent<HTMLLIElement>) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setOpen(null);
  };
  return (
    <ul ref={rail} className="marker-rail" aria-label="What happened" onKeyDown={close}>
      {groups.map(({ x, markers: [first, ...others] }, index) => first && (
        <li key={x} style={{ left: `${x}%` }} onPointerEnter={() => setOpen(index)} onPointerLeave={() => setOpen(null)} onFocus={() => setOpen(index)} onBlur={leave}>
          <button type="button" aria-expanded={open === index} onClick={() => setOpen(index)}>
            {[first, ...others].some(({ isStop }) => isStop) ? <StatusShape kind="stopped" className="size-3" /> : <i />}
            <span className="sr-only">{first.label}{others.length > 0 && ` and ${others.length} more`}, {formatMoment(new Date(first.at), now)}</span>
          </button>
          {open === index && (
            <ul className={classNames("marker-list", x > 50 && "marker-list-left")}>
              {[first, ...others].map(({ at, label, href }) => (
                <li key={`${at} ${href}`}><Link className="link" href={href}>{label}</Link>, <time dateTime={new Date(at).toISOString()}>{formatMoment(new Date(at), now)}</time></li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}
