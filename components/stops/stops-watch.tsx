import { PageWatch } from "@/components/layout/page-watch.tsx";

const MOVES_WITH = ["stop.", "rehearsal.", "points."];

/** Has the page made anew when a stop, its release or what was heard moved. */
export function StopsWatch({ address, initial }: { address: string; initial: string }) {
  return <PageWatch address={address} initial={{ pulse: initial }} movesWith={MOVES_WITH} />;
}
