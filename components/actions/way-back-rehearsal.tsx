import { Link } from "@/components/ui/link.tsx";
import type { CompensationHook } from "@/lib/domain/manifest.ts";
import { paths } from "@/lib/paths.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { LastRehearsal, type ShownRehearsal } from "./last-rehearsal.tsx";
import { RehearseHook } from "./rehearse-hook.tsx";

interface WayBackRehearsalProps extends ShownRehearsal {
  agentId: string;
  tool: string;
  kind: CompensationHook["kind"];
  /** The current version declares this very hook. */
  isDeclared: boolean;
  cannot: string | null;
  now: Date;
  action: FormAction;
}

/** Whether anybody tried the way back of one action, beside the question whether it may happen. */
export function WayBackRehearsal({ agentId, tool, kind, isDeclared, last, isChangedSince, cannot, now, action }: WayBackRehearsalProps) {
  return (
    <div className="mt-2 grid gap-2">
      <LastRehearsal last={last} isChangedSince={isChangedSince} now={now} />
      {isDeclared
        ? <RehearseHook agentId={agentId} tool={tool} kind={kind} cannot={cannot} action={action} />
        : <p className="meta text-pretty">It came with this call, or with another version of the agent, so it cannot be rehearsed from here.</p>}
      <p className="meta"><Link className="link" href={paths.agentHooks(agentId)}>All ways back of this agent</Link></p>
    </div>
  );
}
