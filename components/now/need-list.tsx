"use client";

import Link from "next/link";
import { useState } from "react";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { StatusMark, type StatusKind } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { HEALTH_NAMES, type HealthState } from "@/lib/domain/fleet-health.ts";
import { paths } from "@/lib/paths.ts";

export interface Need {
  agentId: string;
  state: HealthState;
  sentence: string;
  since: string | null;
  next: { label: string; href: string };
}

export const MARKS: Readonly<Record<HealthState, StatusKind>> = { stopped: "stopped", critical: "critical", not_reporting: "unknown", warning: "warning", normal: "met" };

interface NeedListProps {
  needs: readonly Need[];
  /** How many more there are than are listed. */
  more: number;
  /** Decisions for the person who looks; they stand in the inbox. */
  waiting: number;
  checkedAt: string;
  isStale: boolean;
}

/** By severity, then impact. Rows never move under a pointer or the focus: what is new waits until they have left. */
export function NeedList({ needs, more, waiting, checkedAt, isStale }: NeedListProps) {
  const [shown, setShown] = useState(needs);
  const [isHeld, setHeld] = useState(false);
  if (!isHeld && shown !== needs) setShown(needs);
  return (
    <Card title="Needs you" meta={shown.length === 0 ? undefined : "By severity, then impact. Order holds while you point at it."}>
      {shown.length === 0 ? (
        <EmptyState kind={isStale ? "unknown" : "nothing_yet"} title={isStale ? "Cannot tell what needs you." : "No agent needs you."}>
          {waiting > 0 ? <Link className="link" href={paths.inbox({ tab: "mine" })}>Decisions wait for you in the inbox.</Link> : "All of them are as they usually are."}
        </EmptyState>
      ) : (
        <ul
          className="rows" aria-label="Needs you" data-stale={isStale ? "true" : undefined}
          onPointerEnter={() => setHeld(true)} onPointerLeave={(event) => setHeld(event.currentTarget.contains(document.activeElement))}
          onFocus={() => setHeld(true)} onBlur={(event) => setHeld(event.currentTarget.matches(":hover") || event.currentTarget.contains(event.relatedTarget))}
        >
          {shown.map(({ agentId, state, sentence, since, next }) => (
            <li key={agentId} className="need">
              <StatusMark kind={MARKS[state]}>{HEALTH_NAMES[state]}</StatusMark>
              <div className="min-w-0">
                <Link className="need-agent" href={paths.agent(agentId)}>{agentId}</Link>
                <p className="dense text-pretty text-fg-2"><UntrustedText text={sentence} maxLength={240} /></p>
              </div>
              <span className="meta need-since">{since !== null && <Time at={since} now={checkedAt} />}</span>
              <Link className="btn need-next" href={next.href}>{next.label}<span className="sr-only"> of {agentId}</span></Link>
            </li>
          ))}
        </ul>
      )}
      {more > 0 && <div className="card-foot"><Link className="link" href={paths.agents()}>and {more.toLocaleString("en")} more</Link></div>}
    </Card>
  );
}
