// Which hours does a page of figures show, and how wide is a bucket?

import { addressMoment } from "./read-address-moment.ts";

const HOUR = 3_600_000;

/** The width of a bucket keeps every series below 64 points. */
export const METRIC_RANGES = {
  "24h": { name: "24 hours", hours: 24, bucketHours: 1 },
  "7d": { name: "7 days", hours: 168, bucketHours: 4 },
  "14d": { name: "14 days", hours: 336, bucketHours: 6 },
  "30d": { name: "30 days", hours: 720, bucketHours: 12 },
} as const;
export type MetricRange = keyof typeof METRIC_RANGES;

export const isMetricRange = (value: unknown): value is MetricRange => typeof value === "string" && Object.hasOwn(METRIC_RANGES, value);

/** Whole hours, in whole buckets. */
export interface MetricSpan {
  from: Date;
  to: Date;
  bucketHours: number;
}

/** The last bucket ends with the hour that has begun. */
export function spanUntilNow(range: MetricRange, now: Date): MetricSpan {
  const to = new Date((Math.floor(now.getTime() / HOUR) + 1) * HOUR);
  const { hours, bucketHours } = METRIC_RANGES[range];
  return { from: new Date(to.getTime() - hours * HOUR), to, bucketHours };
}

/** What an address names by two moments, widened to whole buckets; null for what is no range of at most 30 days. */
export function readSpan(from: unknown, to: unknown): MetricSpan | null {
  const [first, last] = [addressMoment.parse(from ?? null), addressMoment.parse(to ?? null)];
  if (first === null || last === null || first >= last) return null;
  const end = Math.ceil(Date.parse(last) / HOUR) * HOUR;
  const hours = (end - Math.floor(Date.parse(first) / HOUR) * HOUR) / HOUR;
  const bucketHours = Object.values(METRIC_RANGES).find((range) => hours <= range.hours)?.bucketHours;
  return bucketHours === undefined ? null : { from: new Date(end - Math.ceil(hours / bucketHours) * bucketHours * HOUR), to: new Date(end), bucketHours };
}
