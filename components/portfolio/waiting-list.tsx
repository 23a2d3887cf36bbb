import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Row, Rows } from "@/components/ui/rows.tsx";
import type { StatusKind } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";

interface WaitingItem {
  key: string;
  href: string;
  word: string;
  mark: StatusKind;
  sentence: string;
  agentId: string | null;
  since: string;
  expiresAt: string | null;
}

export function WaitingList({ items, now }: { items: readonly WaitingItem[]; now: Date }) {
  if (items.length === 0) return <EmptyState kind="nothing_yet" title="Nothing waits for you.">No open change needs your review, and nothing else is yours to decide.</EmptyState>;
  return (
    <Rows label="Waiting for you, what is due first at the top">
      {items.map((item) => (
        <Row
          key={item.key} mark={item.mark} href={item.href} title={<UntrustedText text={item.sentence} maxLength={300} />}
          detail={<>{item.word}, {item.agentId ?? "all agents"}, <Time at={item.since} now={now} /></>}
          aside={item.expiresAt === null ? undefined : <Deadline at={item.expiresAt} now={now} />}
        />
      ))}
    </Rows>
  );
}

function Deadline({ at, now }: { at: string; now: Date }) {
  const isOverdue = new Date(at) <= now;
  return <span className={isOverdue ? "font-medium text-crit" : "meta"}>{isOverdue ? "overdue, ended " : "ends "}<Time at={at} now={now} /></span>;
}
