import type { Metadata } from "next";
import Link from "next/link";
import { AgentHead } from "@/components/agents/agent-head.tsx";
import { PolicyDesk } from "@/components/policy/policy-desk.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { may } from "@/lib/domain/permissions.ts";
import { paths } from "@/lib/paths.ts";
import { hourAndWeekday } from "@/lib/policy/policy-facts.ts";
import { findAgentPolicy, readDraft } from "@/lib/queries/agent-policy.ts";
import { requireAgent } from "../require-agent.ts";
import { proposePolicyAction, readDraftAction, replayDraftAction, tryCallAction } from "./actions.ts";

export const metadata: Metadata = { title: "Policy" };

export default async function PolicyPage({ params }: { params: Promise<{ agentId: string }> }) {
  const { actor, agent, now } = await requireAgent(params, paths.agentPolicy);
  const policy = await findAgentPolicy(agent.id);
  const permission = may(actor, "version:register", agent.id);
  if (policy === null) {
    return (
      <>
        <AgentHead agent={agent} tab="versions" now={now} />
        <Card title="Policy">
          <EmptyState
            kind="nothing_yet" title="There is no approved version to write a policy for."
            action={<LinkButton href={paths.registerVersion(agent.id)} disabledReason={permission.ok ? undefined : permission.reason}>Register version</LinkButton>}
          >
            A policy speaks of the tools that a version declares.
          </EmptyState>
        </Card>
      </>
    );
  }
  const text = (policy.text ?? policy.template).replaceAll("\r\n", "\n");
  const reading = await readDraft({ agentId: agent.id, versionId: policy.versionId, text });
  return (
    <>
      <AgentHead agent={agent} tab="versions" now={now} />
      <div className="stack">
        <h2 className="text-title font-semibold">Policy</h2>
        {policy.text === null && <FormMessage kind="info" title="The current version has no policy text.">The draft starts from allowing every tool that the version declares, which is what the gate does now.</FormMessage>}
        {policy.openChange && <FormMessage kind="info" title="A change of this agent is open."><Link className="link" href={paths.change(policy.openChange.id)}>{policy.openChange.title}</Link>. What you propose here starts from the current version, without it.</FormMessage>}
        <PolicyDesk
          agentId={agent.id} versionId={policy.versionId} initialText={text} initialReading={reading} isFirst={policy.text === null} tools={policy.tools}
          currency={agent.card.monthlyBudget?.currency ?? null} authority={agent.authority.level} now={hourAndWeekday(now)} cannot={permission.ok ? null : permission.reason}
          read={readDraftAction} tryCall={tryCallAction} replay={replayDraftAction} propose={proposePolicyAction}
        />
      </div>
    </>
  );
}
