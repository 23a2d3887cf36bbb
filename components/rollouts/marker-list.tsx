import { Fragment } from "react";
import { Link } from "@/components/ui/link.tsx";
import { StatusShape, type StatusKind } from "@/components/ui/status-mark.tsx";
import { paths } from "@/lib/paths.ts";
import type { ShownMarker } from "./shown-rollout.ts";

const KINDS: Readonly<Record<ShownMarker["kind"], { mark: StatusKind | undefined; word: string; hrefOf: ((id: string) => string) | null }>> = {
  exposure: { mark: undefined, word: "", hrefOf: null },
  stop: { mark: "stopped", word: "a stop", hrefOf: paths.stopOf },
  finding: { mark: "warning", word: "an unreviewed change", hrefOf: paths.finding },
  escaped: { mark: "critical", word: "a forbidden action that took effect", hrefOf: (id) => paths.run(id) },
};

/** What the charts draw: an exposure is a line alone, an incident has its shape. */
export const drawnMarkers = (markers: readonly ShownMarker[]): { at: number; label: string; mark: StatusKind | undefined }[] =>
  markers.map(({ at, kind, label }) => ({ at, label: kind === "exposure" ? label : KINDS[kind].word, mark: KINDS[kind].mark }));

/** In words, with their links; `whenOf` writes the time behind each. */
export function MarkerList({ markers, whenOf }: { markers: readonly ShownMarker[]; whenOf?: (at: number) => string }) {
  return markers.map(({ at, kind, label, id }, index) => {
    const { mark, word, hrefOf } = KINDS[kind];
    const name = kind === "exposure" ? label : word;
    return (
      <Fragment key={`${at} ${kind} ${id ?? label}`}>
        {index > 0 && "; "}
        {mark && <StatusShape kind={mark} className="mr-1 inline-block size-3 align-[-1px]" />}
        {hrefOf && id !== null ? <Link className="link" href={hrefOf(id)}>{name}</Link> : name}
        {whenOf && `, ${whenOf(at)}`}
      </Fragment>
    );
  });
}
