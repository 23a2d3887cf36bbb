import type { Metadata } from "next";
import { WayBackList } from "@/components/actions/way-back-list.tsx";
import { AgentHead } from "@/components/agents/agent-head.tsx";
import { may } from "@/lib/domain/permissions.ts";
import { paths } from "@/lib/paths.ts";
import { listWaysBack } from "@/lib/queries/hook-rehearsals.ts";
import { requireAgent } from "../require-agent.ts";
import { rehearseHookAction } from "./actions.ts";

export const metadata: Metadata = { title: "Ways back" };

export default async function HooksPage({ params }: { params: Promise<{ agentId: string }> }) {
  const { actor, agent, now } = await requireAgent(params, paths.agentHooks);
  const ways = await listWaysBack(agent.id);
  const permission = may(actor, "action:undo", agent.id);
  return (
    <>
      <AgentHead agent={agent} tab="versions" now={now} />
      <div className="stack">
        <WayBackList agentId={agent.id} ways={ways} cannot={permission.ok ? null : permission.reason} now={now} action={rehearseHookAction} />
      </div>
    </>
  );
}
