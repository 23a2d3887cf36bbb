import { Card } from "@/components/ui/card.tsx";
import { CommentEntry, type ShownComment } from "@/components/ui/comment-entry.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Fingerprint } from "@/components/ui/fingerprint.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { StatusMark, type StatusKind } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";

interface ReviewListProps {
  reviews: readonly { personId: string; personName: string; verdict: string; reason: string | null; inputDigest: string; at: Date; voidedAt: Date | null }[];
  comments: readonly ShownComment[];
  question: string | null;
  answer: string | null;
}

const VERDICTS: Record<string, { word: string; mark: StatusKind }> = {
  approve: { word: "Approved", mark: "met" }, reject: { word: "Rejected", mark: "rejected" }, ask: { word: "Asked", mark: "info" }, undo: { word: "Took the approval back", mark: "open" },
};

/** Everything that people said about it, in order, with the arguments for which they said it. */
export function ReviewList({ reviews, comments, question, answer }: ReviewListProps) {
  const said = [...reviews, ...comments].toSorted((a, b) => a.at.getTime() - b.at.getTime());
  return (
    <Card title="Who said what" className="o4">
      {said.length === 0 && question === null ? <EmptyState kind="nothing_yet" title="Nobody has said anything yet." /> : (
        <Rows>
          {said.map((review) => {
            if ("text" in review) return <CommentEntry key={review.id} comment={review} />;
            const { word, mark } = VERDICTS[review.verdict] ?? { word: review.verdict, mark: "unknown" as const };
            return (
              <li className="grid gap-1 px-4 py-2.5" key={`${review.personId} ${review.verdict} ${review.at.getTime()}`}>
                <p className="dense flex flex-wrap items-center gap-x-2">
                  <StatusMark kind={mark}>{review.voidedAt === null ? word : <s>{word}</s>}</StatusMark> <b>{review.personName}</b>
                </p>
                <p className="meta">
                  <Time at={review.at} show="both" />, for <Fingerprint value={review.inputDigest} canCopy={false} />
                  {review.voidedAt !== null && ", no longer counts"}
                </p>
                {review.reason !== null && <p className="dense text-fg-2"><UntrustedText text={review.reason} maxLength={2_000} /></p>}
              </li>
            );
          })}
          {question !== null && (
            <li className="grid gap-2 px-4 py-2.5">
              <p className="dense"><b>Question:</b> <UntrustedText text={question} maxLength={4_000} /></p>
              {answer === null ? <p className="meta">The agent has not answered yet.</p> : (
                <div className="act-answer dense"><b>The agent:</b> <UntrustedText text={answer} maxLength={4_000} /></div>
              )}
            </li>
          )}
        </Rows>
      )}
    </Card>
  );
}
