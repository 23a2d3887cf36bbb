import { Link } from "@/components/ui/link.tsx";
import { StatusShape } from "@/components/ui/status-mark.tsx";
import { paths } from "@/lib/paths.ts";

interface StopBannerProps {
  /** Null: it is not known. */
  stops: number | null;
  stopNames: readonly string[];
  /** Of the same ones, in the same order: how far each is proven. */
  stopStates?: readonly { id: string; words: string }[] | undefined;
  /** "as of 02:11:40 UTC, 94 s old", once this may be so no longer. */
  age?: string | undefined;
}

/** On every page while a stop is engaged. The live region is always there, so that a stop is announced when it comes. */
export function StopBanner({ stops, stopNames, stopStates = [], age }: StopBannerProps) {
  const only = stops === 1 ? stopStates[0] : undefined;
  return (
    <div role="status">
      {stops === null && (
        <section className="stop-banner" aria-label="Engaged stops">
          <StatusShape kind="unknown" />
          <p><b>Cannot confirm what is stopped:</b> it could not be read. Stopping works. <Link href={paths.stops()}>Look at the stops</Link></p>
        </section>
      )}
      {stops !== null && stops > 0 && (
        <section className="stop-banner" aria-label="Engaged stops" data-stale={age === undefined ? undefined : "true"}>
          <StatusShape kind="stopped" />
          <p>
            <b>{stops === 1 ? "A stop is engaged" : `${stops.toLocaleString("en")} stops are engaged`}:</b> {inWords(stopNames, stopStates, stops)}{age !== undefined && <>, {age}</>}.{" "}
            <Link href={only ? paths.stopOf(only.id) : paths.stops()}>{stops === 1 ? "Look at it" : "Look at them"}</Link>
          </p>
        </section>
      )}
    </div>
  );
}

function inWords(names: readonly string[], states: readonly { words: string }[], all: number): string {
  const rest = all - names.length;
  const told = names.map((name, index) => (states[index] ? `${name} (${states[index].words})` : name));
  const parts = rest > 0 ? [...told, `${rest.toLocaleString("en")} more`] : told;
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
