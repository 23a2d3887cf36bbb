// Is this a time at which telemetry can have happened?

const DAY_US = 86_400_000_000;
const OLDEST_DAYS = 5 * 365;

export type TimeFault = "missing" | "in the future" | "too old";

/** `us` in microseconds since 1970. One day ahead is allowed for clocks that are wrong. */
export function checkTime(us: number, now: Date): TimeFault | null {
  if (us <= 0) return "missing";
  const nowUs = now.getTime() * 1_000;
  if (us > nowUs + DAY_US) return "in the future";
  return us < nowUs - OLDEST_DAYS * DAY_US ? "too old" : null;
}
