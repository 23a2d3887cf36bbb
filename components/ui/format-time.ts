const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

const pad = (value: number): string => String(value).padStart(2, "0");

/** "20 Nov 16:20 UTC"; the year is written when it is not that of `now`. Spelled here, so that server and browser agree to the letter. */
export function formatMoment(at: Date, now: Date, precision: "day" | "minute" | "second" = "minute"): string {
  const year = at.getUTCFullYear() === now.getUTCFullYear() ? "" : ` ${at.getUTCFullYear()}`;
  const day = `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ""}${year}`;
  if (precision === "day") return day;
  const seconds = precision === "second" ? `:${pad(at.getUTCSeconds())}` : "";
  return `${day} ${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}${seconds} UTC`;
}

/** "2026-11-20 16:20:04 UTC", for a title and for copying. */
export function formatExactMoment(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** "4 s", "2 min", "3 h", "12 d": the largest unit, rounded down. */
export function formatDistance(milliseconds: number): string {
  const distance = Math.abs(milliseconds);
  if (distance < MINUTE) return `${Math.floor(distance / SECOND)} s`;
  if (distance < HOUR) return `${Math.floor(distance / MINUTE)} min`;
  if (distance < 2 * DAY) return `${Math.floor(distance / HOUR)} h`;
  return `${Math.floor(distance / DAY)} d`;
}

/** "4 s ago", "in 6 min", "now". */
export function formatRelative(at: Date, now: Date): string {
  const difference = at.getTime() - now.getTime();
  if (Math.abs(difference) < SECOND) return "now";
  return difference < 0 ? `${formatDistance(difference)} ago` : `in ${formatDistance(difference)}`;
}

/** "9 ms", "1.82 s", "58.4 s", "2 min 5 s", "3 h 4 min". */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < SECOND) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 10 * SECOND) return `${(milliseconds / SECOND).toFixed(2)} s`;
  if (milliseconds < MINUTE) return `${(milliseconds / SECOND).toFixed(1)} s`;
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min ${Math.floor((milliseconds % MINUTE) / SECOND)} s`;
  return `${Math.floor(milliseconds / HOUR)} h ${Math.floor((milliseconds % HOUR) / MINUTE)} min`;
}
