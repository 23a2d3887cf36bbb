import type { ReactNode } from "react";
import { classNames } from "../ui/class-names.ts";

export interface Bar {
  key: string;
  /** null where there is no data. */
  value: number | null;
  isAbnormal?: boolean | undefined;
}

/** A value per interval as thin bars: only the abnormal has a colour, and the note says it in words. */
export function BarStrip({ bars, label, from, note, to, height }: { bars: readonly Bar[]; label: string; from: ReactNode; note?: ReactNode; to: ReactNode; height?: number | undefined }) {
  const top = Math.max(0, ...bars.map((bar) => bar.value ?? 0)) || 1;
  return (
    <div>
      <div className="bars" role="img" aria-label={label} style={height === undefined ? undefined : { height }}>
        {bars.map((bar) => (
          <i key={bar.key} className={classNames(bar.isAbnormal && "abnormal", bar.value === null && "missing") || undefined} style={bar.value === null ? undefined : { height: `${(bar.value / top) * 100}%` }} />
        ))}
      </div>
      <div className="x-axis">
        <span>{from}</span>
        {note !== undefined && <span>{note}</span>}
        <span>{to}</span>
      </div>
    </div>
  );
}
