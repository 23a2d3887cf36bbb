import type { ChartMarker } from "@/components/charts/marker-rail.tsx";
import { paths } from "@/lib/paths.ts";

interface FoundMarker {
  at: number;
  label: string;
  changeId?: string;
  stopId?: string;
}

/** With the page of the change or the stop that each stands for. */
export function linkedMarkers(markers: readonly FoundMarker[]): ChartMarker[] {
  return markers.flatMap(({ at, label, changeId, stopId }): ChartMarker[] => {
    if (stopId !== undefined) return [{ at, label, isStop: true, href: paths.stopOf(stopId) }];
    return changeId === undefined ? [] : [{ at, label, isStop: false, href: paths.change(changeId) }];
  });
}
