// For how long may somebody put an item of the inbox off?

export const SNOOZES = ["quarter", "hour", "tomorrow"] as const;
export type Snooze = (typeof SNOOZES)[number];

export interface SnoozeChoice {
  snooze: Snooze;
  label: string;
  until: Date;
}

export type SnoozeAnswer = { ok: true; choices: readonly [SnoozeChoice, ...SnoozeChoice[]] } | { ok: false; reason: string };

const MINUTE_MS = 60_000;
/** So much of its time is left at least when it is back. */
const LEAST_LEFT_MS = 5 * MINUTE_MS;
const MORNING_HOUR = 9;

function choicesAt(now: Date): SnoozeChoice[] {
  const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * MINUTE_MS);
  return [
    { snooze: "quarter", label: "15 min", until: inMinutes(15) }, { snooze: "hour", label: "1 hour", until: inMinutes(60) },
    { snooze: "tomorrow", label: "Until tomorrow, 09:00 UTC", until: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1, MORNING_HOUR)) },
  ];
}

/** Only what can wait: nothing critical, and nothing beyond its own end. */
export function snoozeAnswer({ isCritical, expiresAt }: { isCritical: boolean; expiresAt: Date | string | null }, now: Date): SnoozeAnswer {
  if (isCritical) return { ok: false, reason: "It is critical, so it cannot be snoozed." };
  const latest = expiresAt === null ? Infinity : new Date(expiresAt).getTime() - LEAST_LEFT_MS;
  const [first, ...rest] = choicesAt(now).filter(({ until }) => until.getTime() <= latest);
  return first === undefined ? { ok: false, reason: "It ends too soon to be snoozed." } : { ok: true, choices: [first, ...rest] };
}
