import { Card, CardBody } from "@/components/ui/card.tsx";
import { CommentEntry, type ShownComment } from "@/components/ui/comment-entry.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import type { CanaryPlan } from "@/lib/domain/canary-plan.ts";
import { formatPercent } from "@/lib/format.ts";
import { eventWord } from "./rollout-words.ts";
import type { ShownEvent } from "./shown-rollout.ts";

interface RolloutHistoryProps {
  events: readonly ShownEvent[];
  comments: readonly ShownComment[];
  plan: CanaryPlan;
  logHref: string;
}

export function RolloutHistory({ events, comments, plan, logHref }: RolloutHistoryProps) {
  const lines = [...events, ...comments].toSorted((a, b) => b.at.getTime() - a.at.getTime());
  return (
    <Card title="History" actions={<a className="link meta inline-flex min-h-6 items-center" href={logHref}>In the log</a>}>
      {lines.length === 0 ? <CardBody><p className="dense text-fg-2">Nothing happened yet.</p></CardBody> : (
        <Rows ordered>
          {lines.map((event, index) => "text" in event ? <CommentEntry key={event.id} comment={event} /> : (
            <li className="px-4 py-2.5 text-dense" key={`${event.at.toISOString()} ${index}`}>
              <p className="wrap-anywhere"><b className="font-medium">{event.who}</b> {eventWord(event.kind)}</p>
              {event.reason !== null && <p className="text-fg-2"><UntrustedText text={event.reason} maxLength={1_000} /></p>}
              <p className="meta">
                <Time at={event.at} show="both" />
                {event.kind !== "planned" && <>, {plan.stages[event.stageIndex]?.stage ?? "stage unknown"}{event.exposure > 0 && ` at ${formatPercent(event.exposure)}`}</>}
              </p>
            </li>
          ))}
        </Rows>
      )}
    </Card>
  );
}
