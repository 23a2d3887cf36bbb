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
  return (
    <ul className="marker-rail" aria-label="What happened">
      {groupMarkers(markers, scaleTo100(range), APART).map(({ x, markers: [first, ...others] }) => first && (
        // As time goes by its place moves: by its place it would be another one, and lose the focus.
        <Group key={`${first.at} ${first.href}`} x={x} first={first} others={others} now={now} />
      ))}
    </ul>
  );
}

interface GroupProps {
  /** In hundredths of the chart's width. */
  x: number;
  first: ChartMarker;
  others: readonly ChartMarker[];
  now: Date;
}

function Group({ x, first, others, now }: GroupProps) {
  const [isOpen, setIsOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const all = [first, ...others];
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !isOpen) return;
    event.stopPropagation();
    button.current?.focus();
    setIsOpen(false);
  };
  const leave = (event: FocusEvent<HTMLLIElement>) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setIsOpen(false);
  };
  return (
    <li style={{ left: `${x}%` }} onPointerEnter={() => setIsOpen(true)} onPointerLeave={() => setIsOpen(false)} onFocus={() => setIsOpen(true)} onBlur={leave} onKeyDown={press}>
      <button ref={button} type="button" aria-expanded={isOpen} onClick={() => setIsOpen(true)}>
        {all.some(({ isStop }) => isStop) ? <StatusShape kind="stopped" className="size-3" /> : <i />}
        <span className="sr-only">{first.label}{others.length > 0 && ` and ${others.length} more`}, {formatMoment(new Date(first.at), now)}</span>
      </button>
      {isOpen && (
        <ul className={classNames("marker-list", x > 50 && "marker-list-left")}>
          {all.map(({ at, label, href }) => (
            <li key={`${at} ${href}`}><Link className="link" href={href}>{label}</Link>, <time dateTime={new Date(at).toISOString()}>{formatMoment(new Date(at), now)}</time></li>
          ))}
        </ul>
      )}
    </li>
  );
}
