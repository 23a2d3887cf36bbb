/** `at` in epoch milliseconds; null means that there is no data, which is not zero. */
export interface SeriesPoint {
  at: number;
  value: number | null;
}

export interface Range {
  from: number;
  to: number;
}

export interface Gap {
  from: number;
  to: number;
}

/** Maps a range onto 0..100, the size of every chart's view box. */
export function scaleTo100(range: Range, isFlipped = false): (value: number) => number {
  const span = range.to - range.from;
  return (value) => {
    const share = span === 0 ? 0.5 : (value - range.from) / span;
    return 100 * (isFlipped ? 1 - share : share);
  };
}

export function timeRange(points: readonly SeriesPoint[]): Range {
  const first = points[0];
  const last = points.at(-1);
  return { from: first?.at ?? 0, to: last?.at ?? 1 };
}

/** Covers all values with a little air; `startsAtZero` for rates, so that a small change never looks large. */
export function valueRange(values: readonly (number | null | undefined)[], startsAtZero = false): Range {
  const known = values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  if (known.length === 0) return { from: 0, to: 1 };
  const low = startsAtZero ? Math.min(0, ...known) : Math.min(...known);
  const high = Math.max(...known);
  const air = Math.max(1e-9, (high - low || Math.abs(high) || 1) * 0.08);
  return { from: startsAtZero && low === 0 ? 0 : low - air, to: high + air };
}

type Place = (value: number) => number;

/** One path with a break at every gap. A value alone between two gaps becomes a dot in `lonely`, for a path of one point draws nothing. */
export function linePath(points: readonly SeriesPoint[], x: Place, y: Place): { path: string; lonely: string } {
  let path = "";
  let lonely = "";
  for (const segment of segmentsOf(points)) {
    const spots = segment.map((point) => `${round(x(point.at))} ${round(y(point.value))}`);
    if (spots.length === 1) lonely += `M${spots[0]}h0`;
    else path += `M${spots.join("L")}`;
  }
  return { path, lonely };
}

export interface BandPoint {
  at: number;
  low: number | null;
  high: number | null;
}

/** A closed area between two lines, in pieces where there is no data. */
export function bandPath(points: readonly BandPoint[], x: Place, y: Place): string {
  const upper = segmentsOf(points.map((point) => ({ at: point.at, value: point.low === null ? null : point.high })));
  const lows = new Map(points.map((point) => [point.at, point.low]));
  return upper
    .filter((segment) => segment.length > 1)
    .map((segment) => {
      const there = segment.map((point) => `${round(x(point.at))} ${round(y(point.value))}`);
      const back = segment.toReversed().map((point) => `${round(x(point.at))} ${round(y(lows.get(point.at) ?? 0))}`);
      return `M${[...there, ...back].join("L")}Z`;
    })
    .join("");
}

/** Where there is no data, from the last known point to the next; open ends reach to the edge of the series. */
export function gapsOf(points: readonly SeriesPoint[]): Gap[] {
  const gaps: Gap[] = [];
  let lastKnown: number | undefined;
  let isOpen = false;
  for (const point of points) {
    if (point.value === null) {
      isOpen = true;
      continue;
    }
    if (isOpen) gaps.push({ from: lastKnown ?? points[0]?.at ?? point.at, to: point.at });
    isOpen = false;
    lastKnown = point.at;
  }
  const end = points.at(-1);
  if (isOpen && end) gaps.push({ from: lastKnown ?? points[0]?.at ?? end.at, to: end.at });
  return gaps;
}

/** What any of the gaps covers, by time: those that overlap are one, those that only meet at a point with a value are two. */
export function unionOfGaps(gaps: readonly Gap[]): Gap[] {
  const union: Gap[] = [];
  for (const gap of gaps.toSorted((a, b) => a.from - b.from)) {
    const last = union.at(-1);
    if (last && gap.from < last.to) last.to = Math.max(last.to, gap.to);
    else union.push({ ...gap });
  }
  return union;
}

/** Round steps (1, 2, 2.5, 5 times a power of ten), about `count` of them, inside the range. */
export function niceTicks(range: Range, count = 4): number[] {
  const rough = (range.to - range.from) / count;
  if (!(rough > 0)) return [range.from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let tick = Math.ceil(range.from / step - 1e-9); tick * step <= range.to * (1 + 1e-9); tick++) ticks.push(Number((tick * step).toPrecision(12)));
  return ticks;
}

function segmentsOf(points: readonly SeriesPoint[]): { at: number; value: number }[][] {
  const segments: { at: number; value: number }[][] = [];
  let current: { at: number; value: number }[] = [];
  for (const { at, value } of points) {
    if (value !== null) current.push({ at, value });
    else if (current.length > 0) {
      segments.push(current);
      current = [];
    }
  }
  if (current.length > 0) segments.push(current);
  return segments;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** From the left; those that would lie on the first of a group belong to it. `x` and `apart` in hundredths of the chart's width. */
export function groupMarkers<Marker extends { at: number }>(markers: readonly Marker[], x: (at: number) => number, apart: number): { x: number; markers: Marker[] }[] {
  const groups: { x: number; markers: Marker[] }[] = [];
  for (const marker of markers.toSorted((a, b) => a.at - b.at)) {
    const place = Math.min(100, Math.max(0, x(marker.at)));
    const last = groups.at(-1);
    if (last && place - last.x < apart) last.markers.push(marker);
    else groups.push({ x: place, markers: [marker] });
  }
  return groups;
}
