import { Chip } from "@/components/ui/chip.tsx";
import { StatusMark, type StatusKind } from "@/components/ui/status-mark.tsx";
import { agentStateName, type AgentState } from "@/lib/domain/agent-state.ts";
import { isProvenStanding, type StopStanding } from "@/lib/domain/stop-words.ts";

const KINDS: Record<AgentState, StatusKind | null> = {
  stopped: "warning", finding: "critical", incomplete: "warning", capped: "warning", not_reporting: "unknown", normal: null,
};

interface Standing {
  state: AgentState;
  stop: StopStanding | null;
}

/** The octagon stands only where the stop is proven. */
function kindOf({ state, stop }: Standing): StatusKind | null {
  if (state !== "stopped" || stop === null) return KINDS[state];
  return isProvenStanding(stop) ? "stopped" : stop === "not_proven" ? "critical" : "unknown";
}

/** For a list: what is normal has a word and no shape. */
export function AgentStateMark(standing: Standing) {
  const kind = kindOf(standing);
  const name = agentStateName(standing.state, standing.stop);
  return kind === null ? <span className="text-fg-3">{name}</span> : <StatusMark kind={kind}>{name}</StatusMark>;
}

/** For the head of a page. */
export function AgentStateChip(standing: Standing) {
  return <Chip kind={kindOf(standing) ?? undefined}>{agentStateName(standing.state, standing.stop)}</Chip>;
}
