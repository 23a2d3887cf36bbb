import { RelativeTime, type TimeShow } from "./relative-time.tsx";

interface TimeProps {
  at: Date | string | number;
  /** "relative" 2 h ago; "both" adds the moment once it is more than an hour away; "moment" 20 Nov 16:20 UTC; "day" 20 Nov. */
  show?: TimeShow | undefined;
  /** When the page was made; the default is the moment of rendering. */
  now?: Date | string | number | undefined;
  className?: string | undefined;
}

/** The exact UTC moment is always in the title. What the server wrote is what the browser starts from, then the clock runs on. */
export function Time({ at, show = "relative", now = Date.now(), className }: TimeProps) {
  return <RelativeTime at={new Date(at).toISOString()} renderedAt={new Date(now).getTime()} show={show} className={className} />;
}
