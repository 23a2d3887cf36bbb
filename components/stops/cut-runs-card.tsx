import { Card, CardBody, CardFoot } from "@/components/ui/card.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Row, Rows } from "@/components/ui/rows.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { RestartForm } from "./restart-form.tsx";

interface CutRunsCardProps {
  stop: { id: string; releasedAt: string | null; restartedBy: string | null; restartedAt: string | null };
  runs: number;
  agents: number;
  listed: readonly { agentId: string; conversationId: string; tool: string; cutAt: Date; runId: string | null }[];
  /** Why this person may not let them go on. */
  disabledReason: string | undefined;
  action: FormAction;
}

function wordsOf({ stop, runs, agents }: Pick<CutRunsCardProps, "stop" | "runs" | "agents">): string {
  if (runs === 0) return stop.releasedAt === null ? "No run was refused a call yet." : "No run was refused a call, so there is none to start again.";
  const refused = `${formatCount(runs, "run")}${agents > 1 ? ` of ${formatCount(agents, "agent")}` : ""} ${runs === 1 ? "was" : "were"} refused a call.`;
  if (stop.releasedAt === null) return `${refused} The release will start none of them again.`;
  if (stop.restartedAt !== null) return refused;
  return `${refused} ${runs === 1 ? "It stays" : "They stay"} cut, whoever tries again, until somebody says that ${runs === 1 ? "it" : "they"} may go on. New runs need no word.`;
}

/** A release permits a restart and is none: this is where one is made. */
export function CutRunsCard({ stop, runs, agents, listed, disabledReason, action }: CutRunsCardProps) {
  const isWaiting = runs > 0 && stop.releasedAt !== null && stop.restartedAt === null;
  return (
    <Card title="Runs it cut" id="runs" meta={runs === 0 ? undefined : runs.toLocaleString("en")}>
      <CardBody className="grid gap-3">
        <p className="text-fg-2">{wordsOf({ stop, runs, agents })}</p>
        {stop.restartedAt !== null && <p className="text-fg-2 wrap-anywhere">{stop.restartedBy ?? "Somebody"} let {runs === 1 ? "it" : "them"} go on <Time at={new Date(stop.restartedAt)} show="moment" />.</p>}
        {isWaiting && <RestartForm stopId={stop.id} runs={runs} disabledReason={disabledReason} action={action} />}
      </CardBody>
      {listed.length > 0 && (
        <Rows label="Runs it cut">
          {listed.map(({ agentId, conversationId, tool, cutAt, runId }) => (
            <Row
              key={`${agentId} ${conversationId} ${tool}`} mark="stopped"
              title={runId === null ? <UntrustedText text={conversationId} maxLength={80} /> : <Link className="link" href={paths.run(runId)}><UntrustedText text={conversationId} maxLength={80} /></Link>}
              detail={tool === "" ? agentId : <>{agentId}, <UntrustedText text={tool} maxLength={80} /> alone</>} aside={<Time at={cutAt} />}
            />
          ))}
        </Rows>
      )}
      {runs > listed.length && listed.length > 0 && <CardFoot>The last {listed.length} of {runs.toLocaleString("en")}.</CardFoot>}
    </Card>
  );
}
