import { linePath, scaleTo100, valueRange } from "./plot-geometry.ts";

interface SparklineProps {
  /** Evenly spaced; null where there is no data. */
  values: readonly (number | null)[];
  /** What it shows in words, with the last value: it stands for the picture. */
  label: string;
  startsAtZero?: boolean | undefined;
  height?: number | undefined;
}

export function Sparkline({ values, label, startsAtZero = false, height = 24 }: SparklineProps) {
  const points = values.map((value, at) => ({ at, value }));
  const x = scaleTo100({ from: 0, to: Math.max(1, values.length - 1) });
  const y = scaleTo100(valueRange(values, startsAtZero), true);
  const { path, lonely } = linePath(points, x, y);
  return (
    <svg className="spark" viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label={label} style={{ height }}>
      {path && <path className="one" d={path} />}
      {lonely && <path className="one" d={lonely} style={{ strokeWidth: 4 }} strokeLinecap="round" />}
    </svg>
  );
}
