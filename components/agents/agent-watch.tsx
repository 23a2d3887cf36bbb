import { PageWatch } from "@/components/layout/page-watch.tsx";

const MOVES_WITH = ["authority.", "runs.", "change.", "finding.", "version.", "stage.", "tier.", "override.", "card.", "owners.", "stop.", "points.", "rollout."];

/** For the pages of one agent or one rollout. */
export function AgentWatch({ address, initial }: { address: string; initial: unknown }) {
  return <PageWatch address={address} initial={initial} movesWith={MOVES_WITH} />;
}
