import Link from "next/link";
import type { ReactNode } from "react";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { Time } from "@/components/ui/time.tsx";
import { formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";

export interface ShownStop {
  id: string;
  scope: string;
  name: string;
  reason: string | null;
  engagedBy: string;
  engagedAt: Date;
  agents: number;
  heardSince: number;
  heard: readonly { id: string; lastSeenAt: Date | null; isHeardSince: boolean }[];
}

/** What was stored, whom it covers, and what was heard since: none of it shows that an agent obeys. */
export function EngagedStopCard({ stop, now, release }: { stop: ShownStop; now: Date; release: ReactNode }) {
  return (
    <Card title={titleOf(stop.name)} meta={<>engaged <Time at={stop.engagedAt} show="both" now={now} /></>} id={stop.id}>
      <CardBody className="grid gap-4">
        <div>
          <p>Stop is stored, by <b>{stop.engagedBy}</b>. {stop.scope === "tool" ? "Agents that ask are told that this tool is stopped." : "Agents that ask are refused from then on."}</p>
          <p className="text-fg-2 wrap-anywhere">{stop.reason === null ? "No reason was given." : <>Reason: {stop.reason}</>}</p>
        </div>
        {release}
      </CardBody>
      <div className="border-t border-line px-4 py-2.5">
        <p className="dense"><b>{formatCount(stop.agents, "agent")} covered</b>, {stop.heardSince === 0 ? "none heard" : `${formatCount(stop.heardSince, "of them", "of them")} heard`} since. <span className="text-fg-3">Heard means that telemetry came.</span></p>
      </div>
      {stop.heard.length > 0 && (
        <ul className="rows border-t border-line" aria-label="Agents covered">
          {stop.heard.map((agent) => (
            <li key={agent.id} className="stop-heard">
              <Link href={paths.agent(agent.id)} className="link">{agent.id}</Link>
              <Heard {...agent} now={now} />
            </li>
          ))}
          {stop.agents > stop.heard.length && <li className="stop-heard text-fg-3">and {formatCount(stop.agents - stop.heard.length, "more agent", "more agents")}</li>}
        </ul>
      )}
    </Card>
  );
}

function Heard({ lastSeenAt, isHeardSince, now }: { lastSeenAt: Date | null; isHeardSince: boolean; now: Date }) {
  if (lastSeenAt === null) return <span className="text-fg-3">never heard</span>;
  if (!isHeardSince) return <span className="text-fg-3">last heard <Time at={lastSeenAt} now={now} />, before the stop</span>;
  return <span className="font-medium text-warn">last heard <Time at={lastSeenAt} now={now} />, after the stop</span>;
}

const titleOf = (name: string): string => name.replace(/^(the whole fleet|tier \d|version \d+)/, (words) => words.charAt(0).toUpperCase() + words.slice(1));
