import Link from "next/link";
import { StatusShape } from "@/components/ui/status-mark.tsx";
import { paths } from "@/lib/paths.ts";

/** On every page while a stop is engaged. The live region is always there, so that a stop is announced when it comes. */
export function StopBanner({ stops, stopNames }: { stops: number; stopNames: readonly string[] }) {
  return (
    <div role="status">
      {stops > 0 && (
        <section className="stop-banner" aria-label="Engaged stops">
          <StatusShape kind="stopped" />
          <p>
            <b>{stops === 1 ? "A stop is engaged" : `${stops.toLocaleString("en")} stops are engaged`}:</b> {inWords(stopNames, stops)}.{" "}
            <Link href={paths.stops()}>{stops === 1 ? "Look at it" : "Look at them"}</Link>
          </p>
        </section>
      )}
    </div>
  );
}

function inWords(names: readonly string[], all: number): string {
  const rest = all - names.length;
  const parts = rest > 0 ? [...names, `${rest.toLocaleString("en")} more`] : [...names];
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
