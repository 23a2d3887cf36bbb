import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Link } from "@/components/ui/link.tsx";
import { StatusMark } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { classNames } from "@/components/ui/class-names.ts";
import { classWord } from "@/lib/domain/change-words.ts";
import type { Reclassified } from "@/lib/domain/reclassify-changes.ts";
import { paths } from "@/lib/paths.ts";

/** What the draft would have done to changes that were. Null while the draft cannot be read. */
export function PolicyPreview({ changes, now }: { changes: readonly Reclassified[] | null; now: string }) {
  if (changes === null) return <Card title="What it would have done"><EmptyState kind="unknown" title="The draft cannot be read.">Its faults are named beside the editor.</EmptyState></Card>;
  if (changes.length === 0) return <Card title="What it would have done"><EmptyState kind="nothing_yet" title="There is no past change to try it on." /></Card>;
  const flips = changes.filter((change) => change.before.class !== change.after.class).length;
  const asks = changes.filter((change) => change.before.obligations !== change.after.obligations).length;
  return (
    <Card title={flips === 0 && asks === 0 ? `The last ${changes.length} changes would have been classified the same` : `${flips} of the last ${changes.length} changes would have another class, ${asks} other obligations`}>
      <table className="tbl tbl-fold" role="table">
        <caption className="sr-only">Past changes under the policy in force and under the draft</caption>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">Change</th>
            <th role="columnheader" scope="col">Class</th>
            <th role="columnheader" scope="col" className="num">Asks</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {changes.map((change) => <PreviewRow key={change.id} change={change} now={now} />)}
        </tbody>
      </table>
    </Card>
  );
}

function PreviewRow({ change, now }: { change: Reclassified; now: string }) {
  const isFlip = change.before.class !== change.after.class;
  const before = classWord(change.before.class);
  const after = classWord(change.after.class);
  return (
    <tr role="row">
      <th role="rowheader" scope="row" className="p1">
        <Link className="link" href={paths.change(change.id)}><UntrustedText text={change.title} maxLength={200} /></Link>
        <span className="meta block"><Time at={change.proposedAt} now={now} /></span>
      </th>
      <td role="cell" className={classNames("p2", isFlip && "flip")}>
        {isFlip ? <><s className="text-fg-3">{before.word}</s> <StatusMark kind={after.mark}>{after.word}</StatusMark></> : before.word}
      </td>
      <td role="cell" className={classNames("p3 num", change.before.obligations !== change.after.obligations && "font-medium")} data-label="Asks">
        {change.before.obligations === change.after.obligations ? change.after.obligations : `${change.before.obligations} → ${change.after.obligations}`}
      </td>
    </tr>
  );
}
