import type { ReactNode } from "react";
import { Card, CardBody, CardFoot } from "@/components/ui/card.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Time } from "@/components/ui/time.tsx";
import { Verdict } from "@/components/ui/verdict.tsx";
import { authoritySentence, whatItMeans } from "@/lib/domain/authority-meaning.ts";
import type { Authority } from "@/lib/domain/authority.ts";
import type { StopStanding } from "@/lib/domain/stop-words.ts";
import { paths } from "@/lib/paths.ts";
import { AuthorityLadder } from "./authority-ladder.tsx";
import { ConstraintList } from "./constraint-list.tsx";

interface AuthorityCardProps {
  agentId: string;
  authority: Authority;
  /** How far the stops that cover the agent have come; null where none does. */
  stop: StopStanding | null;
  /** Of each of its stops, in words. */
  stopWords: Readonly<Record<string, string>>;
  now: Date;
  revoke: (overrideId: string) => ReactNode;
  /** On the page that is about authority alone, the way there is left out. */
  linksToHistory?: boolean | undefined;
  className?: string | undefined;
}

/** What the agent may do now, which constraint says so, and all the others behind it. */
export function AuthorityCard({ agentId, authority, stop: standing, stopWords, now, revoke, linksToHistory = false, className }: AuthorityCardProps) {
  return (
    <Card title="Authority" meta={<>lowest of {authority.constraints.length}, <Time at={now} now={now} /></>} className={className}>
      <CardBody className="form-stack gap-5! pb-5!">
        <Verdict level={3} detail={`${whatItMeans(authority.level)} ${withoutBinding(authority)}`.trim()}>
          {authoritySentence(authority, standing)}
        </Verdict>
        <AuthorityLadder level={authority.level} />
        {authority.stoppedTools.map((stop) => (
          <FormMessage key={stop.stopId} kind="warning" title={`Tool ${stop.tool}: ${stopWords[stop.stopId] ?? "stop stored"}.`}>
            Engaged by {stop.engagedBy} <Time at={stop.engagedAt} show="both" now={now} />{stop.reason ? `: ${stop.reason}` : ""}. The other tools are not touched.
          </FormMessage>
        ))}
      </CardBody>
      <ConstraintList agentId={agentId} constraints={authority.constraints} now={now} revoke={revoke} />
      {linksToHistory && (
        <CardFoot>
          <Link className="link inline-flex min-h-6 items-center" href={paths.agentAuthority(agentId)}>
            History and overrides
          </Link>
        </CardFoot>
      )}
    </Card>
  );
}

/** What would hold the agent if the binding constraint were gone. */
function withoutBinding({ level, constraints }: Authority): string {
  const next = constraints[1];
  if (next === undefined || next.level === null) return "";
  return next.level === level ? `Without that it would still be ${next.level}, because ${next.because}.` : `Without that it would be ${next.level}, because ${next.because}.`;
}
