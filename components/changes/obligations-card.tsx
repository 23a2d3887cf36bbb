import type { ReactNode } from "react";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { StatusShape, type StatusKind } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { linkedHost } from "@/lib/domain/linked-host.ts";
import { obligationWord, reviewRoleName } from "@/lib/domain/obligation-word.ts";
import { SUITE_NAMES, type Obligation } from "@/lib/domain/review-policy.ts";
import { type ObligationState, type ObligationStatus } from "@/lib/domain/review-status.ts";

const MARKS: Record<ObligationState, { kind: StatusKind; word: string }> = {
  met: { kind: "met", word: "Met" },
  waiting: { kind: "waiting", word: "Waiting" },
  failed: { kind: "rejected", word: "Failed" },
  cannot_tell: { kind: "warning", word: "Cannot tell" },
  not_run: { kind: "open", word: "Not run" },
  afterwards: { kind: "open", word: "Afterwards" },
};

interface ObligationsCardProps {
  obligations: readonly ObligationStatus[];
  /** Who holds a role here, by role: for whom a review waits. */
  holders: Readonly<Record<string, readonly string[]>>;
  /** The button that records a suite's result. */
  recordSuite: ReactNode;
  /** The rules that ask for all this. */
  rules: readonly { id: string; title: string }[];
  policyRevision: number;
}

export function ObligationsCard({ obligations, holders, recordSuite, rules, policyRevision }: ObligationsCardProps) {
  const before = obligations.filter((status) => status.state !== "afterwards");
  const met = before.filter((status) => status.state === "met").length;
  return (
    <Card title="Obligations" className="o3" id="obligations" meta={before.length === 0 ? "none" : `${met} of ${before.length} met`}>
      {obligations.length === 0 ? (
        <CardBody>
          <p className="dense text-fg-2">The re-review policy asks for nothing here. Where such a change is open, one owner other than the author decides.</p>
        </CardBody>
      ) : (
        <Rows>
          {obligations.map((status) => <Obligation key={keyOf(status)} status={status} holders={holders} />)}
        </Rows>
      )}
      {recordSuite}
      {rules.length > 0 && (
        <details className="card-foot block!">
          <summary>Why these: {rules.length === 1 ? "one rule" : `${rules.length} rules`} of revision {policyRevision}</summary>
          <ul className="mt-2 grid gap-1">
            {rules.map(({ id, title }) => (
              <li key={id}>
                <span className="mono">{id}</span> {title}
              </li>
            ))}
          </ul>
        </details>
      )}
    </Card>
  );
}

const keyOf = ({ obligation }: ObligationStatus): string => obligationWord(obligation);

function nameOf(obligation: Obligation): string {
  if (obligation.kind === "canary") return "Canary";
  return obligation.kind === "review" ? `${reviewRoleName(obligation.role)} review`.replace("One of the owners review", "Review by one of the owners") : SUITE_NAMES[obligation.suite];
}

function Obligation({ status, holders }: { status: ObligationStatus; holders: ObligationsCardProps["holders"] }) {
  const { kind, word } = MARKS[status.state];
  const { obligation } = status;
  return (
    <li className="ob">
      <StatusShape kind={kind} />
      <span className="what">{nameOf(obligation)}</span>
      <span className={`state k-${kind}`}>{word}</span>
      <span className="why">
        {obligation.kind === "review" ? <ReviewDetail status={status} names={holders[obligation.role] ?? []} /> : null}
        {obligation.kind === "suite" && <SuiteDetail status={status} />}
        {obligation.kind === "canary" && status.sentence}
      </span>
    </li>
  );
}

function ReviewDetail({ status, names }: { status: ObligationStatus; names: readonly string[] }) {
  if (status.by !== null && status.at !== null) {
    return (
      <>
        {status.by}, <Time at={status.at} show="both" />
      </>
    );
  }
  if (names.length === 0) return "Nobody holds this role who did not propose it. Name an owner or a deputy.";
  return names.length <= 3 ? `Waits for ${names.join(" or ")}` : `Waits for one of ${names.length} people`;
}

/** Whoever recorded the result said where its run is; Holdpoint has not looked there. */
function RunLink({ url }: { url: string }) {
  const host = linkedHost(url);
  return host === null ? null : <> <a className="link wrap-anywhere" href={url} rel="noopener noreferrer" target="_blank">Its run, on {host}</a></>;
}

function SuiteDetail({ status }: { status: ObligationStatus }) {
  return (
    <>
      {status.sentence.replace(/^[^:]+: /, "")}
      {status.at !== null && (
        <>
          {" "}
          <Time at={status.at} show="both" />
        </>
      )}
      {status.url !== null && <RunLink url={status.url} />}
    </>
  );
}
