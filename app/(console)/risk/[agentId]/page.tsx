import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AgentWatch } from "@/components/agents/agent-watch.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { StageForm } from "@/components/risk/stage-form.tsx";
import { TierGuideForm } from "@/components/risk/tier-guide-form.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { KeyValue } from "@/components/ui/key-value.tsx";
import { Link } from "@/components/ui/link.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { Time } from "@/components/ui/time.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { AUTONOMY_STAGES } from "@/lib/domain/authority-level.ts";
import { authoritySentence } from "@/lib/domain/authority-meaning.ts";
import { may } from "@/lib/domain/permissions.ts";
import { OWNER_ROLES, ROLE_NAMES } from "@/lib/domain/roles.ts";
import { tierName } from "@/lib/domain/tier-names.ts";
import { paths } from "@/lib/paths.ts";
import { findAgent, findAgentPulse, type AgentDetail } from "@/lib/queries/agents.ts";
import { findOpenStageChange, findTierAnswers } from "@/lib/queries/risk.ts";
import { lowerStageAction, lowerTierAction, proposeStageAction, proposeTierAction } from "../actions.ts";

type Params = Promise<{ agentId: string }>;

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: `Risk of ${(await params).agentId}` };
}

export default async function TierGuidePage({ params }: { params: Params }) {
  const { agentId } = await params;
  const actor = await requireSignedIn(paths.tierGuide(agentId));
  if (!may(actor, "agent:read", agentId).ok) notFound();
  const now = new Date();
  const [agent, pulse] = await Promise.all([findAgent(agentId, now), findAgentPulse(agentId, now)]);
  if (!agent) notFound();
  const [{ answers, openChangeId }, openStageChange] = await Promise.all([findTierAnswers(agent.id), findOpenStageChange(agent.id)]);
  const permitted = await permits(actor, agent.id, { proposeTier: "tier:propose", lowerTier: "tier:lower", raiseStage: "stage:raise", lowerStage: "stage:lower" }, now);
  const stage = AUTONOMY_STAGES.find((each) => each === agent.stage) ?? "shadow";
  return (
    <>
      <AgentWatch address={`/api/console/agents/${encodeURIComponent(agent.id)}`} initial={pulse} />
      <PageHead title={`Decision guide: ${agent.id}`} marks={<Tag>{tierName(agent.tier)}</Tag>} lead="The questions propose a tier. The business owner decides it: a higher one as a reviewed change, a lower one at once." actions={<LinkButton href={paths.agent(agent.id)}>The agent</LinkButton>} />
      <Stale readAtMs={now.getTime()} saysStops className="cols">
        <div className="stack">
          {openChangeId !== null && <FormMessage kind="info" title="A proposal for another tier waits for review."><Link className="link" href={paths.change(openChangeId)}>Look at it</Link></FormMessage>}
          <TierGuideForm
            agentId={agent.id} tier={agent.tier} answers={answers} openChange={openChangeId !== null}
            propose={{ action: proposeTierAction, permission: permitted.proposeTier }} lower={{ action: lowerTierAction, permission: permitted.lowerTier }}
          />
        </div>
        <div className="stack">
          <Standing agent={agent} now={now} />
          {openStageChange !== null && <FormMessage kind="info" title="A proposal for another stage waits for review."><Link className="link" href={paths.change(openStageChange)}>Look at it</Link></FormMessage>}
          <StageForm
            agentId={agent.id} stage={stage} hasVersion={agent.version !== null} openChange={openStageChange !== null}
            raise={{ action: proposeStageAction, permission: permitted.raiseStage }} lower={{ action: lowerStageAction, permission: permitted.lowerStage }}
          />
        </div>
      </Stale>
    </>
  );
}

function Standing({ agent, now }: { agent: AgentDetail; now: Date }) {
  const owners = OWNER_ROLES.map((role) => ({ label: ROLE_NAMES[role], value: agent.owners.find((owner) => owner.role === role && !owner.isDeputy)?.name ?? <StatusMark kind="warning">Nobody</StatusMark> }));
  return (
    <Card title="Where it stands">
      <CardBody className="form-stack">
        <p className="font-medium">{authoritySentence(agent.authority, agent.stop)}</p>
        <KeyValue items={[
          { label: "Tier", value: agent.tier === null ? "not set" : <>{agent.tier}{agent.tierSetAt && <>, <Time at={agent.tierSetAt} show="day" now={now} /></>}</> },
          ...(agent.tierSetBy ? [{ label: "Set by", value: agent.tierSetBy }] : []),
          { label: "Stage", value: <>{agent.stage}, since <Time at={agent.stageSince} show="day" now={now} /></> },
          ...owners,
        ]} />
      </CardBody>
    </Card>
  );
}
