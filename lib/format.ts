// How are numbers, money, durations and times written? English as written in Britain; times in UTC; nothing depends on the machine.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const UNKNOWN = "unknown";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ",");

/** "12,345" or "0.25": at most `decimals` of them, without zeros at the end. */
export function formatNumber(value: number | bigint, decimals = 2): string {
  if (typeof value === "bigint") return value < 0n ? `-${grouped(String(-value))}` : grouped(String(value));
  if (!Number.isFinite(value)) return UNKNOWN;
  const fixed = Math.abs(value).toFixed(decimals);
  const [whole = "0", fraction = ""] = fixed.split(".");
  const rest = fraction.replace(/0+$/, "");
  const sign = value < 0 && Number(fixed) !== 0 ? "-" : "";
  return `${sign}${grouped(whole)}${rest === "" ? "" : `.${rest}`}`;
}

/** Takes a share from 0 to 1. Never rounds up to 100 % or down to 0 % what is not. */
export function formatPercent(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return UNKNOWN;
  const percent = share * 100;
  if (percent > 0 && percent < 0.05) return "< 0.1 %";
  if (percent < 100 && percent >= 99.95) return "> 99.9 %";
  return `${formatNumber(percent, 1)} %`;
}

/** Nano-USD as dollars: two decimals from one dollar on, three significant digits below it; "unknown" is not 0. */
export function formatNanoUsd(nano: number | bigint | null): string {
  if (nano === null) return UNKNOWN;
  const usd = Number(nano) / 1e9;
  const size = Math.abs(usd);
  if (size === 0 || size >= 0.995) return `${fixed(usd, 2)} USD`;
  if (size < 0.000_001) return "< 0.000001 USD";
  const decimals = Math.min(6, Math.max(2, 2 - Math.floor(Math.log10(size))));
  return `${keepTwo(usd.toFixed(decimals))} USD`;
}

const keepTwo = (text: string): string => text.replace(/(\.\d\d\d*?)0+$/, "$1");

function fixed(value: number, decimals: number): string {
  const [whole = "0", fraction] = Math.abs(value).toFixed(decimals).split(".");
  return `${value < 0 ? "-" : ""}${grouped(whole)}${fraction === undefined ? "" : `.${fraction}`}`;
}

/** Currencies of ISO 4217 whose minor unit is not a hundredth. */
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
};

/** Minor units, such as cents. */
export function formatMinor(minor: number | bigint, currency: string): string {
  const code = currency.toUpperCase();
  const digits = Object.hasOwn(MINOR_DIGITS, code) ? (MINOR_DIGITS[code] ?? 2) : 2;
  const sign = minor < 0 ? "-" : "";
  const text = String(minor).replace("-", "").padStart(digits + 1, "0");
  const whole = grouped(text.slice(0, text.length - digits));
  return `${sign}${whole}${digits === 0 ? "" : `.${text.slice(-digits)}`} ${code}`;
}

/** Counts of tokens at a glance: "940", "11.4 k", "1.25 M". */
export function formatTokens(count: number | bigint): string {
  const value = Number(count);
  if (value < 10_000) return formatNumber(value, 0);
  if (value < 999_500) return `${formatNumber(value / 1_000, value < 100_000 ? 1 : 0)} k`;
  if (value < 999_500_000) return `${formatNumber(value / 1e6, 2)} M`;
  return `${formatNumber(value / 1e9, 2)} G`;
}

/** "6 ms", "2.21 s", "3 min 5 s", "2 h 10 min", "3 d 4 h". */
export function formatDurationMs(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return UNKNOWN;
  if (ms < 0) return `-${formatDurationMs(-ms)}`;
  if (ms > 0 && ms < 1) return "< 1 ms";
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / SECOND).toFixed(ms < 9_995 ? 2 : 1)} s`;
  if (ms < HOUR - 500) return twoUnits(Math.round(ms / SECOND), 60, "min", "s");
  if (ms < DAY - MINUTE / 2) return twoUnits(Math.round(ms / MINUTE), 60, "h", "min");
  return twoUnits(Math.round(ms / HOUR), 24, "d", "h");
}

function twoUnits(count: number, size: number, large: string, small: string): string {
  const rest = count % size;
  return `${formatNumber(Math.floor(count / size))} ${large}${rest === 0 ? "" : ` ${rest} ${small}`}`;
}

const asDate = (at: Date | string | number): Date => (at instanceof Date ? at : new Date(at));

/** "just now", "42 min ago", "in 3 d"; beyond 30 days the day itself. */
export function formatRelative(at: Date | string | number, now: Date | string | number): string {
  const date = asDate(at);
  const distance = asDate(now).getTime() - date.getTime();
  if (Number.isNaN(distance)) return UNKNOWN;
  const size = Math.abs(distance);
  if (size >= 30 * DAY) return formatDay(date);
  if (size < 5 * SECOND) return "just now";
  const text = size < MINUTE ? `${Math.floor(size / SECOND)} s` : size < HOUR ? `${Math.floor(size / MINUTE)} min` : size < DAY ? `${Math.floor(size / HOUR)} h` : `${Math.floor(size / DAY)} d`;
  return distance < 0 ? `in ${text}` : `${text} ago`;
}

/** "21 Nov 2026". */
export function formatDay(at: Date | string | number): string {
  const date = asDate(at);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ""} ${date.getUTCFullYear()}`;
}

/** "21 Nov 2026, 01:31:07 UTC". */
export function formatUtc(at: Date | string | number): string {
  const date = asDate(at);
  return Number.isNaN(date.getTime()) ? UNKNOWN : `${formatDay(date)}, ${formatClock(date)} UTC`;
}

/** "01:31:07", in UTC. */
export const formatClock = (at: Date | string | number): string => asDate(at).toISOString().slice(11, 19);

/** "412 kB": thousands, as disks and networks count. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${formatNumber(bytes / 1_000, bytes < 10_000 ? 1 : 0)} kB`;
  return `${formatNumber(bytes / 1_000_000, 1)} MB`;
}

/** "1 run", "2 runs". */
export const formatCount = (count: number, one: string, many = `${one}s`): string => `${formatNumber(count, 0)} ${count === 1 ? one : many}`;
