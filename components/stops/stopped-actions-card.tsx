import { Card, CardBody, CardFoot } from "@/components/ui/card.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Row, Rows } from "@/components/ui/rows.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { paths } from "@/lib/paths.ts";

interface StoppedActionsCardProps {
  isEngaged: boolean;
  cancelled: number;
  underWay: readonly { id: string; agentId: string; tool: string; startedAt: Date | null; heartbeatAt: Date | null }[];
  moreUnderWay: number;
}

/** What had begun cannot be called back: it is named, so that somebody looks. */
export function StoppedActionsCard({ isEngaged, cancelled, underWay, moreUnderWay }: StoppedActionsCardProps) {
  const total = underWay.length + moreUnderWay;
  const ended = cancelled === 0 ? "No action was waiting when it was stored." : `${cancelled.toLocaleString("en")} ${cancelled === 1 ? "action that waited was" : "actions that waited were"} ended before ${cancelled === 1 ? "it" : "they"} began.`;
  const rest = !isEngaged ? "" : total === 0 ? " None is under way." : ` ${total === 1 ? "One had" : `${total.toLocaleString("en")} had`} begun before it and ${total === 1 ? "is" : "are"} under way, as far as anybody has heard.`;
  return (
    <Card title="Actions" id="actions">
      <CardBody><p className="text-fg-2">{ended}{rest}</p></CardBody>
      {underWay.length > 0 && (
        <Rows label="Actions under way">
          {underWay.map(({ id, agentId, tool, startedAt, heartbeatAt }) => (
            <Row
              key={id} mark="unknown" title={<Link className="link" href={paths.action(id)}><UntrustedText text={tool} maxLength={200} /></Link>} detail={agentId}
              aside={startedAt && <span>begun <Time at={startedAt} />{heartbeatAt && heartbeatAt > startedAt && <>, heard <Time at={heartbeatAt} /></>}</span>}
            />
          ))}
        </Rows>
      )}
      {moreUnderWay > 0 && <CardFoot>{moreUnderWay.toLocaleString("en")} more are under way.</CardFoot>}
    </Card>
  );
}
