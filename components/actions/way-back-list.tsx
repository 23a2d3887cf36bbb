import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Mono } from "@/components/ui/mono.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import type { CompensationHook, ToolEffect } from "@/lib/domain/manifest.ts";
import { formatNumber } from "@/lib/format.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { LastRehearsal, type ShownRehearsal } from "./last-rehearsal.tsx";
import { RehearseHook } from "./rehearse-hook.tsx";

export interface ShownWayBack extends ShownRehearsal {
  tool: string;
  effect: ToolEffect;
  /** Null: what it does cannot be taken back. */
  hook: CompensationHook | null;
  withinHours: number | null;
}

interface WayBackListProps {
  agentId: string;
  ways: readonly ShownWayBack[];
  cannot: string | null;
  now: Date;
  action: FormAction;
}

/** Each tool that has an effect, how that is taken back, and whether anybody tried. */
export function WayBackList({ agentId, ways, cannot, now, action }: WayBackListProps) {
  const never = ways.filter(({ hook, last }) => hook !== null && last?.isTried !== true).length;
  return (
    <Card title="Ways back" meta={ways.length === 0 ? undefined : never === 0 ? "all rehearsed" : `${never} never rehearsed`}>
      {ways.length === 0 ? <EmptyState kind="nothing_yet" title="No tool of the current version has an effect." /> : (
        <Rows label="Ways back">
          {ways.map((way) => (
            <li key={way.tool} className="grid gap-2 px-4 py-3">
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <Mono className="min-w-0 font-medium wrap-anywhere"><UntrustedText text={way.tool} maxLength={200} /></Mono>
                <Tag strong>{way.effect}</Tag>
                {way.withinHours !== null && <span className="meta">within {formatNumber(way.withinHours)} h</span>}
              </div>
              <Way agentId={agentId} way={way} cannot={cannot} now={now} action={action} />
            </li>
          ))}
        </Rows>
      )}
    </Card>
  );
}

function Way({ agentId, way: { tool, hook, last, isChangedSince }, cannot, now, action }: Omit<WayBackListProps, "ways"> & { way: ShownWayBack }) {
  if (hook === null) return <StatusMark kind="warning">Cannot be taken back</StatusMark>;
  return (
    <>
      <p className="dense text-pretty text-fg-2 wrap-anywhere"><HookWords hook={hook} /></p>
      <LastRehearsal last={last} isChangedSince={isChangedSince} now={now} />
      <RehearseHook agentId={agentId} tool={tool} kind={hook.kind} cannot={cannot} action={action} />
    </>
  );
}

function HookWords({ hook }: { hook: CompensationHook }) {
  if (hook.kind === "http") return <>By a signed request to <code><UntrustedText text={hook.url} maxLength={300} /></code></>;
  if (hook.kind === "tool") return <>By the handler <code><UntrustedText text={hook.tool} maxLength={200} /></code> where the agent runs</>;
  return <>By hand: <UntrustedText text={hook.instructions} maxLength={600} /></>;
}
