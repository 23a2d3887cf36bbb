import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Link } from "@/components/ui/link.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { NeedRows, type Need } from "./need-rows.tsx";
import { OrderHolds } from "./order-holds.tsx";

interface NeedListProps {
  needs: readonly Need[];
  /** How many more there are than are listed. */
  more: number;
  /** Decisions for the person who looks; they stand in the inbox. */
  waiting: number;
  checkedAt: string;
  isStale: boolean;
}

/** By severity, then impact. */
export function NeedList({ needs, more, waiting, checkedAt, isStale }: NeedListProps) {
  return (
    <Card title="Needs you" meta={needs.length === 0 ? undefined : <OrderHolds />}>
      <NeedRows
        needs={needs} checkedAt={checkedAt} goesOn={more > 0}
        empty={(
          <EmptyState kind={isStale ? "unknown" : "nothing_yet"} title={isStale ? "Cannot tell what needs you." : "No agent needs you."}>
            {waiting > 0 ? <Link className="link" href={paths.inbox({ tab: "mine" })}>Decisions wait for you in the inbox.</Link> : "All of them are as they usually are."}
          </EmptyState>
        )}
      />
      {needs.length > 0 && waiting > 0 && (
        <div className="need border-t border-line">
          <StatusMark kind="waiting">Waiting</StatusMark>
          <div className="min-w-0">
            <b className="font-medium">{formatCount(waiting, "decision")} for you</b>
          </div>
          <span className="meta need-since" />
          <Link className="btn need-next" data-row="" href={paths.inbox({ tab: "mine" })}>Open the inbox</Link>
        </div>
      )}
      {more > 0 && <div className="card-foot"><Link className="link inline-flex min-h-6 items-center" href={paths.nowNeeds()}>and {more.toLocaleString("en")} more</Link></div>}
    </Card>
  );
}
