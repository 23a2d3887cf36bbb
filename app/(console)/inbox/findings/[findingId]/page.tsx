import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AuthorityLadder } from "@/components/agents/authority-ladder.tsx";
import { DiffRows } from "@/components/changes/diff-rows.tsx";
import { FindingActions } from "@/components/inbox/finding-actions.tsx";
import { FindingElsewhere } from "@/components/inbox/finding-elsewhere.tsx";
import { FindingWatch } from "@/components/inbox/finding-watch.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { Chip } from "@/components/ui/chip.tsx";
import { CommentEntry } from "@/components/ui/comment-entry.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { KeyValue } from "@/components/ui/key-value.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Mono } from "@/components/ui/mono.tsx";
import { NamedText } from "@/components/ui/named-text.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Rows } from "@/components/ui/rows.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { isBelow } from "@/lib/domain/authority-level.ts";
import { may } from "@/lib/domain/permissions.ts";
import { formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { findFinding, type FindingView, type SeenDifference } from "@/lib/queries/findings.ts";
import { readComments } from "@/lib/queries/item-comments.ts";
import { NotesOfItem } from "../../../notes-of-item.tsx";
import { closeFindingAction, reviewRetroactivelyAction } from "../../actions.ts";

export const metadata: Metadata = { title: "Finding" };

const FACETS: Record<string, string> = { prompt: "Prompt", tool: "Tool", model: "Model", fingerprint: "Fingerprint", version: "Version label", label: "Version label" };

export default async function FindingPage({ params }: { params: Promise<{ findingId: string }> }) {
  const { findingId } = await params;
  const actor = await requireSignedIn(paths.finding(findingId));
  const answer = may(actor, "change:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see findings.">{answer.reason}</EmptyState>;
  const now = new Date();
  const [finding, comments] = await Promise.all([findFinding(findingId, now), readComments(findingId)]);
  if (!finding) notFound();
  const { resolve } = await permits(actor, finding.agentId, { resolve: "finding:resolve" }, now);
  const isOpen = finding.state === "open";
  return (
    <>
      {isOpen && <FindingWatch findingId={finding.id} seen={finding.pulse} />}
      <Head finding={finding} />
      {/* What is closed moves no more. */}
      <Stale readAtMs={now.getTime()} oldestMs={isOpen ? undefined : Infinity} className="cols change-cols">
        <div className="stack">
          <Card title="What runs, beside what was declared" meta={declaredWords(finding)} className="o5">
            {finding.differences.length === 0 && <EmptyState kind="unknown" title="The evidence cannot be shown.">Only the sentence above was kept.</EmptyState>}
            {finding.differences.map((difference) => <Difference key={`${difference.facet} ${difference.name} ${difference.sentence} ${difference.exampleRunId ?? ""}`} difference={difference} />)}
            {finding.more > 0 && <CardBody><p className="meta">And {formatCount(finding.more, "more difference", "more differences")} that {finding.more === 1 ? "is" : "are"} not listed: a prompt that is put together for each run differs in each.</p></CardBody>}
          </Card>
        </div>
        <aside className="stack" aria-label="Resolution">
          {isOpen && <div className="o2 empty:hidden"><FindingElsewhere findingId={finding.id} seen={finding.pulse} /></div>}
          {isOpen ? (
            <FindingActions
              findingId={finding.id} seen={finding.pulse} cannot={resolve.ok ? null : resolve.reason} openChangeHref={finding.change?.state === "open" ? paths.change(finding.change.id) : null}
              reviewAction={reviewRetroactivelyAction} closeAction={closeFindingAction}
            />
          ) : <Closed finding={finding} />}
          <NotesOfItem itemKey={finding.id} actor={actor} now={now} />
          {isOpen && <Consequence finding={finding} />}
          <Card title="Evidence" className="o4">
            <CardBody>
              <KeyValue
                items={[
                  { label: "First seen", value: <Time at={finding.openedAt} show="both" /> },
                  { label: "Last seen", value: <Time at={finding.lastSeenAt} show="both" /> },
                  { label: "Runs", value: <Link className="link" href={paths.runs({ agent: finding.agentId, unreviewed: 1 })}>{finding.runCount.toLocaleString("en")}</Link> },
                  { label: "Sent under", value: finding.versionLabel === "" ? "no version label" : <UntrustedText text={finding.versionLabel} /> },
                ]}
              />
            </CardBody>
          </Card>
          {comments.length > 0 && (
            <Card title="What people said" className="o4">
              <Rows ordered>{comments.map((comment) => <CommentEntry key={comment.id} comment={comment} />)}</Rows>
            </Card>
          )}
        </aside>
      </Stale>
    </>
  );
}

function Head({ finding }: { finding: FindingView }) {
  return (
    <PageHead
      kind="verdict" title={<NamedText text={finding.sentence} />}
      marks={<><Chip kind="critical">Unreviewed change</Chip>{finding.state === "open" ? <Chip kind="waiting">Open</Chip> : <Chip kind="met">Closed</Chip>}</>}
      facts={[
        <Mono key="id">{finding.id}</Mono>,
        <span key="agent">Agent <Link className="link" href={paths.agent(finding.agentId)}>{finding.agentId}</Link></span>,
        <span key="since">Since <b><Time at={finding.openedAt} show="both" /></b></span>,
        ...(finding.change ? [<span key="change">Review <Link className="link" href={paths.change(finding.change.id)}>{finding.change.title}</Link></span>] : []),
      ]}
    />
  );
}

const declaredWords = ({ declared }: FindingView): string => (declared === null ? "nothing was declared" : `version ${declared.number}${declared.label === null ? "" : `, ${declared.label}`}`);

function Difference({ difference }: { difference: SeenDifference }) {
  return (
    <section className="diff-section" aria-label={difference.sentence}>
      <div className="diff-head">
        <h3>{FACETS[difference.facet] ?? difference.facet}</h3>
        <span className="dense min-w-0 text-fg-2"><NamedText text={difference.sentence} /></span>
        <span className="meta">
          {difference.exampleRunId !== null && <><Link className="link" href={paths.run(difference.exampleRunId)}>An example run</Link>, </>}
          <Time at={difference.firstSeenAt} />
        </span>
      </div>
      {difference.rows === null ? (
        <p className="dense text-pretty text-fg-2">The spans name it only by its hash, so its text cannot be shown. Register the manifest that runs to see the difference.</p>
      ) : difference.rows.length === 0 ? (
        <p className="dense text-fg-2">Nothing of what is shown here differs.</p>
      ) : (
        <DiffRows rows={difference.rows} isNamed={difference.isNamed} />
      )}
    </section>
  );
}

function Consequence({ finding: { agentId, authority } }: { finding: FindingView }) {
  const isCapped = isBelow(authority.level, authority.without);
  return (
    <Card title="What it does to authority" className="o3">
      <CardBody className="grid gap-4">
        <p className="dense text-pretty">
          {isCapped ? (
            <><b>{agentId} is capped at {authority.level}</b> <span className="text-fg-2">(it would be {authority.without}) until this is reviewed or gone.</span></>
          ) : (
            <><b>{agentId} is at {authority.level}</b>, <span className="text-fg-2">because {authority.binding}.{authority.cap === null ? "" : ` This finding alone would cap it at ${authority.cap}.`}</span></>
          )}{" "}
          <Link className="link" href={paths.agentAuthority(agentId)}>All constraints</Link>
        </p>
        <AuthorityLadder level={authority.level} />
      </CardBody>
    </Card>
  );
}

function Closed({ finding }: { finding: FindingView }) {
  return (
    <Card title="Resolution" className="o2">
      <CardBody className="grid gap-1">
        <p className="text-pretty"><UntrustedText text={finding.resolution ?? "No word was left."} /></p>
        <p className="meta">
          {finding.closedBy?.replace(/^system:.*/, "Holdpoint") ?? "Holdpoint"}
          {finding.closedAt !== null && <>, <Time at={finding.closedAt} show="both" /></>}
        </p>
      </CardBody>
    </Card>
  );
}
