import { Card } from "@/components/ui/card.tsx";
import { Person } from "@/components/ui/person.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { Time } from "@/components/ui/time.tsx";

export interface ReviewerRow {
  personId: string;
  name: string;
  isYou: boolean;
  as: string;
  answer: { kind: "approved" | "rejected"; at: Date } | { kind: "yes" } | { kind: "no"; reason: string };
}

export function WhoMayApprove({ reviewers, isOpen }: { reviewers: readonly ReviewerRow[]; isOpen: boolean }) {
  return (
    <Card title={isOpen ? "Who may approve" : "Who could approve"} className="o6">
      <Rows>
        {reviewers.map((reviewer) => (
          <li key={reviewer.personId} className="row">
            <Person name={reviewer.name} isYou={reviewer.isYou} detail={reviewer.as} />
            <span className="row-aside">
              <Answer answer={reviewer.answer} />
            </span>
          </li>
        ))}
      </Rows>
    </Card>
  );
}

function Answer({ answer }: { answer: ReviewerRow["answer"] }) {
  if (answer.kind === "yes") return "Yes";
  if (answer.kind === "no") return `No, ${answer.reason}`;
  return (
    <>
      {answer.kind === "approved" ? "Approved " : "Rejected "}
      <Time at={answer.at} show="moment" />
    </>
  );
}
