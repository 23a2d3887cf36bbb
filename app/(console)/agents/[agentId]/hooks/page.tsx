import type { Metadata } from "next";
import { WayBackList } from "@/components/actions/way-back-list.tsx";
import { WebhookSecretCard } from "@/components/actions/webhook-secret-card.tsx";
import { AgentHead } from "@/components/agents/agent-head.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { paths } from "@/lib/paths.ts";
import { listWaysBack } from "@/lib/queries/hook-rehearsals.ts";
import { requireAgent } from "../require-agent.ts";
import { rehearseHookAction, revealWebhookSecretAction } from "./actions.ts";

export const metadata: Metadata = { title: "Ways back" };

export default async function HooksPage({ params }: { params: Promise<{ agentId: string }> }) {
  const { actor, agent, pulse, now } = await requireAgent(params, paths.agentHooks);
  const ways = await listWaysBack(agent.id);
  const { mayRehearse, mayReveal } = await permits(actor, agent.id, { mayRehearse: "action:undo", mayReveal: "webhook_secret:reveal" }, now);
  return (
    <>
      <AgentHead agent={agent} tab="versions" pulse={pulse} now={now} />
      <Stale readAtMs={now.getTime()} saysAge={false} className="cols">
        <div className="stack"><WayBackList agentId={agent.id} ways={ways} cannot={mayRehearse.ok ? null : mayRehearse.reason} now={now} action={rehearseHookAction} /></div>
        <aside className="stack" aria-label="For whoever receives the requests">
          <WebhookSecretCard agentId={agent.id} hasWebhook={ways.some(({ hook }) => hook?.kind === "http")} cannot={mayReveal.ok ? null : mayReveal.reason} action={revealWebhookSecretAction} />
        </aside>
      </Stale>
    </>
  );
}
