import { AgentHead } from "@/components/agents/agent-head.tsx";
import { AuthorityCard } from "@/components/agents/authority-card.tsx";
import { AuthorityHistory } from "@/components/agents/authority-history.tsx";
import { OverrideForm } from "@/components/agents/override-form.tsx";
import { OverrideList } from "@/components/agents/override-list.tsx";
import { RevokeOverride } from "@/components/agents/revoke-override.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { revocationLoosens } from "@/lib/domain/revocation.ts";
import { paths } from "@/lib/paths.ts";
import { listAuthorityHistory, listOverrides } from "@/lib/queries/authority.ts";
import { revokeOverrideAction, setOverrideAction } from "../../actions.ts";
import { requireAgent } from "../require-agent.ts";

export default async function AgentAuthorityPage({ params }: { params: Promise<{ agentId: string }> }) {
  const { actor, agent, pulse, now } = await requireAgent(params, paths.agentAuthority);
  const [history, overrides] = await Promise.all([listAuthorityHistory(agent.id), listOverrides(agent.id, now)]);
  const { maySet, mayRevoke } = await permits(actor, agent.id, { maySet: "override:set", mayRevoke: "override:revoke" }, now);
  const revoke = (overrideId: string) => <RevokeOverride overrideId={overrideId} loosens={revocationLoosens(agent.authority, overrideId)} action={revokeOverrideAction} permission={mayRevoke} />;
  return (
    <>
      <AgentHead agent={agent} tab="authority" pulse={pulse} now={now} actions={<LinkButton href={paths.tierGuide(agent.id)}>Tier and stage</LinkButton>} />
      <Stale readAtMs={now.getTime()} saysStops saysAge={false} className="cols">
        <div className="stack">
          <AuthorityCard agentId={agent.id} authority={agent.authority} stop={agent.stop} stopWords={agent.stopWords} now={now} revoke={revoke} />
          <AuthorityHistory steps={history} now={now} />
        </div>
        <div className="stack" id="overrides">
          <Card title="Overrides" meta={overrides.filter((override) => override.isInForce).length === 0 ? "none in force" : "in force first"}>
            <OverrideList overrides={overrides} now={now} revoke={revoke} />
          </Card>
          <Card title="Set an override">
            <CardBody><OverrideForm agentId={agent.id} action={setOverrideAction} permission={maySet} /></CardBody>
          </Card>
        </div>
      </Stale>
    </>
  );
}
