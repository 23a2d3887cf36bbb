import { AgentHead } from "@/components/agents/agent-head.tsx";
import { CardForm } from "@/components/agents/card-form.tsx";
import { MissingMessage } from "@/components/agents/missing-message.tsx";
import { OwnersForm } from "@/components/agents/owners-form.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { KeyValue } from "@/components/ui/key-value.tsx";
import { Time } from "@/components/ui/time.tsx";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { tierName } from "@/lib/domain/tier-names.ts";
import { paths } from "@/lib/paths.ts";
import { labelsOf } from "@/lib/queries/named-people.ts";
import { assignOwnersAction, editCardAction } from "../../actions.ts";
import { requireAgent } from "../require-agent.ts";

export default async function AgentCardPage({ params }: { params: Promise<{ agentId: string }> }) {
  const { actor, agent, pulse, now } = await requireAgent(params, paths.agentCard);
  const { edit, assign } = await permits(actor, agent.id, { edit: "card:edit", assign: "owners:assign" }, now);
  const labels = await labelsOf(agent.owners.map(({ personId }) => personId));
  return (
    <>
      <AgentHead agent={agent} tab="card" pulse={pulse} now={now} actions={<a className="btn" href={paths.agentA2aCard(agent.id)} download>Download A2A card</a>} />
      <div className="cols">
        <div className="stack">
          <MissingMessage missing={agent.missing} />
          <CardForm agentId={agent.id} card={agent.card} revision={agent.cardRevision} action={editCardAction} permission={edit} />
        </div>
        <div className="stack">
          <OwnersForm agentId={agent.id} owners={agent.owners.map((owner) => ({ ...owner, label: labels.get(owner.personId) ?? "" }))} action={assignOwnersAction} permission={assign} />
          <Card title="Control tier">
            <CardBody className="form-stack">
              <KeyValue items={[
                { label: "Tier", value: tierName(agent.tier) },
                ...(agent.tierSetAt ? [{ label: "Set", value: <>{agent.tierSetBy}, <Time at={agent.tierSetAt} show="day" now={now} /></> }] : []),
                { label: "Card edited", value: <Time at={agent.cardEditedAt} show="both" now={now} /> },
              ]} />
              <div className="actions"><LinkButton href={paths.tierGuide(agent.id)}>Decision guide</LinkButton></div>
            </CardBody>
          </Card>
        </div>
      </div>
    </>
  );
}
