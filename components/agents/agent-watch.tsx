import { PageWatch } from "@/components/layout/page-watch.tsx";
import { WAITING_KINDS } from "@/components/layout/waiting-kinds.ts";

const MOVES_WITH = ["authority.", "runs.", "stage.", "tier.", "override.", "card.", "owners.", "stop.", "points.", ...WAITING_KINDS];

/** For the pages of one agent or one rollout. */
export function AgentWatch({ address, initial }: { address: string; initial: unknown }) {
  return <PageWatch address={address} initial={initial} movesWith={MOVES_WITH} />;
}
