import type { Metadata } from "next";
import { AgentHead } from "@/components/agents/agent-head.tsx";
import { LaterList, ReadinessList } from "@/components/agents/readiness-list.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { countReady } from "@/lib/domain/readiness.ts";
import { paths } from "@/lib/paths.ts";
import { listReadiness } from "@/lib/queries/agent-readiness.ts";
import { requireAgent } from "../require-agent.ts";

export const metadata: Metadata = { title: "Readiness" };

export default async function ReadinessPage({ params }: { params: Promise<{ agentId: string }> }) {
  const { actor, agent, pulse, now } = await requireAgent(params, paths.agentReadiness);
  const steps = (await listReadiness([agent.id], now)).get(agent.id) ?? [];
  const { create } = await permits(actor, null, { create: "agent:create" }, now);
  return (
    <>
      <AgentHead
        agent={agent} tab="readiness" pulse={pulse} now={now}
        actions={<LinkButton href={paths.newAgent({ from: agent.id })} disabledReason={create.ok ? undefined : create.reason}>Use as a template</LinkButton>}
      />
      <Stale readAtMs={now.getTime()} saysAge={false} className="cols">
        <Card title="Readiness" meta={`${countReady(steps)} of ${steps.length}`}><ReadinessList agentId={agent.id} steps={steps} /></Card>
        <Card title="Later" meta="not part of Holdpoint yet"><LaterList /></Card>
      </Stale>
    </>
  );
}
