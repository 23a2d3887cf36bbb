import type { Metadata } from "next";
import { askedSentence } from "@/components/actions/rule-quality.ts";
import { AgentHead } from "@/components/agents/agent-head.tsx";
import { PolicyDesk } from "@/components/policy/policy-desk-lazy.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { Link } from "@/components/ui/link.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { paths } from "@/lib/paths.ts";
import { hourAndWeekday } from "@/lib/policy/policy-facts.ts";
import { findAgentPolicy, readDraft } from "@/lib/queries/agent-policy.ts";
import { findPolicyWithoutRule, type PolicyWithoutRule } from "@/lib/queries/policy-without-rule.ts";
import { QUALITY_DAYS } from "@/lib/queries/reviewer-quality.ts";
import { requireAgent } from "../require-agent.ts";
import { proposePolicyAction, readDraftAction, replayDraftAction, tryCallAction } from "./actions.ts";

export const metadata: Metadata = { title: "Policy" };

interface PolicyPageProps {
  params: Promise<{ agentId: string }>;
  searchParams: Promise<{ without?: string | string[] }>;
}

export default async function PolicyPage({ params, searchParams }: PolicyPageProps) {
  const { actor, agent, pulse, now } = await requireAgent(params, paths.agentPolicy);
  const policy = await findAgentPolicy(agent.id);
  const { permission } = await permits(actor, agent.id, { permission: "version:register" }, now);
  if (policy === null) {
    return (
      <>
        <AgentHead agent={agent} tab="versions" pulse={pulse} now={now} />
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
  const { without } = await searchParams;
  const ruleId = typeof without === "string" && without.trim() !== "" ? without.trim().slice(0, 100) : null;
  const asRead = { agentId: agent.id, versionId: policy.versionId, text };
  const [reading, left] = await Promise.all([readDraft(asRead), ruleId === null ? null : findPolicyWithoutRule({ ...asRead, ruleId }, now)]);
  return (
    <>
      <AgentHead agent={agent} tab="versions" pulse={pulse} now={now} />
      <div className="stack">
        <h2 className="text-title font-semibold">Policy</h2>
        {policy.text === null && <FormMessage kind="info" title="The current version has no policy text.">The draft starts from allowing every tool that the version declares, which is what the gate does now.</FormMessage>}
        {policy.openChange && <FormMessage kind="info" title="A change of this agent is open."><Link className="link" href={paths.change(policy.openChange.id)}>{policy.openChange.title}</Link>. What you propose here starts from the current version, without it.</FormMessage>}
        {left !== null && ruleId !== null && <LeftOut left={left} ruleId={ruleId} />}
        <PolicyDesk
          // Another address is another draft to begin with.
          key={ruleId ?? ""}
          agentId={agent.id} versionId={policy.versionId} initialText={text} initialReading={reading} begun={begunFrom(left)} isFirst={policy.text === null} tools={policy.tools}
          currency={agent.card.monthlyBudget?.currency ?? null} authority={agent.authority.level} now={hourAndWeekday(now)} cannot={permission.ok ? null : permission.reason}
          read={readDraftAction} tryCall={tryCallAction} replay={replayDraftAction} propose={proposePolicyAction}
        />
      </div>
    </>
  );
}

const begunFrom = (left: PolicyWithoutRule | null) => (left?.kind === "left_out" ? { text: left.text, reading: left.reading, replay: left.replay, reason: askedSentence(left, QUALITY_DAYS) } : null);

function LeftOut({ left, ruleId }: { left: PolicyWithoutRule; ruleId: string }) {
  const rule = <code><UntrustedText text={ruleId} maxLength={100} /></code>;
  if (left.kind === "unknown") return <FormMessage kind="warning" title={<>The policy has no rule {rule}.</>}>It may have been changed since. Below is the policy as it is in force.</FormMessage>;
  if (left.kind === "asks_nobody") return <FormMessage kind="warning" title={<>The rule {rule} asks nobody.</>}>It permits or refuses by itself, so it stays. Below is the policy as it is in force.</FormMessage>;
  return (
    <FormMessage kind="info" title={<>This draft is the policy without {rule}.</>}>
      {askedSentence(left, QUALITY_DAYS) ?? "Nobody was asked by it lately."} What it held, the other rules decide. Nothing changes before the draft is proposed and reviewed.
    </FormMessage>
  );
}
