import { AGENT_KINDS } from "@/components/layout/list-kinds.ts";
import { PageWatch } from "@/components/layout/page-watch.tsx";

/** For the pages of one agent or one rollout. */
export function AgentWatch({ address, initial }: { address: string; initial: unknown }) {
  return <PageWatch address={address} initial={initial} movesWith={AGENT_KINDS} />;
}
