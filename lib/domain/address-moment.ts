// How does an address name a moment, and which moment stands for "now" in a link that is kept?

const SECOND = 1_000;

/** The whole second that a range from `at` on begins with: fields show no smaller ones. */
export const beginningAt = (at: number): string => new Date(Math.floor(at / SECOND) * SECOND).toISOString();

/** The end of a range that reached to `now`, itself inside: an open end is closed, one that is past stays. */
export function closedEnd(to: string | null, now: Date): string {
  const end = new Date((Math.floor(now.getTime() / SECOND) + 1) * SECOND).toISOString();
  return to === null || to > end ? end : to;
}

/** What a field of the kind `datetime-local` holds: the shortest form, because a browser makes it of any other. */
export const localMoment = (at: string | null): string => at?.slice(0, 19).replace(/:00$/, "") ?? "";
