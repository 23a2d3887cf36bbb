import { Chip } from "@/components/ui/chip.tsx";
import { StatusMark, type StatusKind } from "@/components/ui/status-mark.tsx";
import { AGENT_STATE_NAMES, type AgentState } from "@/lib/domain/agent-state.ts";

const KINDS: Record<AgentState, StatusKind | null> = {
  stopped: "stopped", finding: "critical", incomplete: "warning", capped: "warning", silent: "unknown", normal: null,
};

/** For a list: what is normal has a word and no shape. */
export function AgentStateMark({ state }: { state: AgentState }) {
  const kind = KINDS[state];
  if (kind === null) return <span className="text-fg-3">{AGENT_STATE_NAMES[state]}</span>;
  return <StatusMark kind={kind}>{AGENT_STATE_NAMES[state]}</StatusMark>;
}

/** For the head of a page. */
export function AgentStateChip({ state }: { state: AgentState }) {
  return <Chip kind={KINDS[state] ?? undefined}>{AGENT_STATE_NAMES[state]}</Chip>;
}
