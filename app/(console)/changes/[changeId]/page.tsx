import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { AuthorityLadder } from "@/components/agents/authority-ladder.tsx";
import { CapabilityCard } from "@/components/changes/capability-card.tsx";
import { ChangeHistory } from "@/components/changes/change-history.tsx";
import { ClassChip, StateChip } from "@/components/changes/class-chip.tsx";
import { DecideBar } from "@/components/changes/decide-bar.tsx";
import { DecidedElsewhere } from "@/components/changes/decided-elsewhere.tsx";
import { DeltaPlace } from "@/components/changes/delta-place.tsx";
import { MeanwhileCard } from "@/components/changes/meanwhile-card.tsx";
import { ObligationsCard } from "@/components/changes/obligations-card.tsx";
import { PolicyProposal, StageProposal, TierProposal } from "@/components/changes/proposal-card.tsx";
import { ReplayCard } from "@/components/changes/replay-card.tsx";
import { SpotCheckCard } from "@/components/changes/spot-check-card.tsx";
import { SuiteFormButton } from "@/components/changes/suite-form.tsx";
import { WhoMayApprove } from "@/components/changes/who-may-approve.tsx";
import { NextInInbox } from "@/components/inbox/next-in-inbox.tsx";
import { Presence } from "@/components/layout/presence.tsx";
import { ChangeSteps } from "@/components/rollouts/change-steps.tsx";
import { Chip } from "@/components/ui/chip.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Mono } from "@/components/ui/mono.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { PartCard } from "@/components/ui/part-card.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { capabilityDelta } from "@/lib/domain/capability-delta.ts";
import { spotCheckKey } from "@/lib/domain/item-key.ts";
import { unchangedWords, type LaidOutRecipes } from "@/lib/domain/lay-out-diff.ts";
import { may } from "@/lib/domain/permissions.ts";
import { outdatedReplay } from "@/lib/domain/policy-text-fact.ts";
import { SUITES, SUITE_NAMES } from "@/lib/domain/review-policy.ts";
import { paths } from "@/lib/paths.ts";
import { findChange, layOutChange, type ChangeView } from "@/lib/queries/change.ts";
import { replayProposal } from "@/lib/queries/policy-replay.ts";
import { holdersByRole } from "@/lib/queries/reviewers.ts";
import { findRolloutOfChange, type RolloutRow } from "@/lib/queries/rollouts.ts";
import { comparePolicies } from "@/lib/queries/review-policy.ts";
import { readParts, valueOf } from "@/lib/read-parts.ts";
import { NotesOfItem } from "../../notes-of-item.tsx";
import { recordSuiteAction, spotCheckAction } from "../actions.ts";
import { asksForCanary, Decide, Decided, ownWord } from "./decide-change.tsx";
import { Back, Diff, sinceApproval } from "./since-approval.tsx";

export const metadata: Metadata = { title: "Change" };

const NOT_READ = "What differs could not be read, and so nobody can have looked at it. It cannot be approved from here until it can.";

interface PageProps {
  params: Promise<{ changeId: string }>;
  searchParams: Promise<{ tab?: string | string[]; lines?: string | string[]; since?: string | string[] }>;
}

export default async function ChangePage({ params, searchParams }: PageProps) {
  const { changeId } = await params;
  const actor = await requireSignedIn(paths.change(changeId));
  const { tab, lines, since } = await searchParams;
  const answer = may(actor, "change:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see changes.">{answer.reason}</EmptyState>;
  const now = new Date();
  const view = await findChange(changeId, actor, now);
  if (!view) notFound();
  const isWhole = lines === "all";
  const { change } = view;
  const { rollout, diff, replay, next } = await readParts({
    rollout: change.kind === "version" ? findRolloutOfChange(changeId) : Promise.resolve(null), diff: readDiff(view, { isWhole, isSinceApproval: since === "approved" }),
    replay: replayOf(change), next: ownWord(view, actor, now),
  });
  const { recipes, sinceApproved } = valueOf(diff, { recipes: null, sinceApproved: null });
  const cannotApprove = !view.approve.ok ? view.approve.reason : diff.ok ? null : NOT_READ;
  const afterOwnWord = valueOf(next, null);
  const isOpen = change.state === "open";
  const isSpotCheckDue = change.spotCheckDue && change.spotCheckedAt === null;
  const shown = `${change.id} ${change.revision} ${change.fingerprint}`;
  return (
    <>
      <Head view={view} />
      <Presence topic={change.id} />
      <div className="cols change-cols">
        <div className="stack">
          <PartCard part={rollout} title="Rollout" unknown="Whether and how far it was tried is not known.">{(found) => <Steps view={view} rollout={found} now={now} />}</PartCard>
          <DeltaPlace shown={shown}>
            {change.kind === "review_policy"
              ? <PartCard part={diff} title="What changes">{({ policy }) => <PolicyProposal diff={policy} revision={change.policyRevision} />}</PartCard>
              : <Body view={view} recipes={recipes} />}
          </DeltaPlace>
          <PartCard part={replay} title="Policy, on recorded calls" className="o1">{(found) => found && <ReplayCard {...found} whenClassified={found.kind === "replayed" ? outdatedReplay(view.facts, found.class) : null} />}</PartCard>
          {change.kind === "version" && (
            <PartCard part={diff} title="What differs" className="o1" unknown={NOT_READ}>{() => <Diff changeId={change.id} recipes={recipes} sinceApproved={sinceApproved} tab={tab} isWhole={isWhole} />}</PartCard>
          )}
        </div>
        <aside className="stack" aria-label="Decision">
          {isOpen && (
            <div className="o2 grid gap-3 empty:hidden">
              <Back view={view} isCompared={sinceApproved !== null} />
              <DecidedElsewhere changeId={change.id} seen={view.pulse} />
            </div>
          )}
          <div className={isOpen ? "o2 decide" : "o2"}>
            {isOpen ? <Decide view={view} rollout={valueOf(rollout, null)} shown={shown} cannotApprove={cannotApprove} /> : <Decided view={view} rollout={valueOf(rollout, null)} />}
            {afterOwnWord && <NextInInbox key={change.id} {...afterOwnWord} />}
          </div>
          {isSpotCheckDue && <SpotCheckCard changeId={change.id} allowance={view.spotCheck} action={spotCheckAction} />}
          <NotesOfItem itemKey={isSpotCheckDue ? spotCheckKey(change.id) : change.id} actor={actor} now={now} />
          <Obligations view={view} />
          {view.meanwhile && change.agentId !== null && (
            <MeanwhileCard
              {...view.meanwhile} agentId={change.agentId} fromNumber={change.fromVersion?.number ?? null} toNumber={change.toVersion?.number ?? null}
              since={change.proposedAt} ladder={<AuthorityLadder level={view.meanwhile.level} />}
            />
          )}
          <WhoMayApprove reviewers={view.reviewers} isOpen={isOpen} />
          <ChangeHistory events={view.history} logHref={paths.log({ subject: change.id })} />
        </aside>
      </div>
      {isOpen && <DecideBar shown={shown} cannotApprove={cannotApprove} />}
    </>
  );
}

function Head({ view: { change, rules, isExpired } }: { view: ChangeView }) {
  const isOpen = change.state === "open";
  const facts: ReactNode[] = [
    <Mono key="id">{change.id}</Mono>,
    <span key="author">Proposed by <b>{change.authorName}</b>, <Time at={change.proposedAt} show="both" /></span>,
  ];
  if (change.agentId !== null) facts.push(<span key="agent">Agent <Link className="link" href={paths.agent(change.agentId)}>{change.agentId}</Link></span>);
  if (change.sourceRef) facts.push(<span key="source">From <b><UntrustedText text={change.sourceRef} maxLength={300} /></b></span>);
  for (const finding of change.findings) facts.push(<span key={finding.id}>Seen in live traffic: <Link className="link" href={paths.finding(finding.id)}>the finding</Link></span>);
  if (rules.length > 0) {
    facts.push(<span key="rules">Rules <b>{rules.map(({ id }) => id).join(", ")}</b></span>);
  }
  return (
    <PageHead
      kind="verdict" title={<UntrustedText text={change.title} />} facts={facts}
      lead={change.reason ? <UntrustedText text={change.reason} maxLength={2_000} /> : undefined}
      marks={
        <>
          <ClassChip changeClass={change.class} />
          {isExpired ? <Chip kind="expired">Time is over</Chip> : <StateChip state={change.state} />}
          {isOpen && !isExpired && <Chip><span>Expires <Time at={change.expiresAt} show="moment" /></span></Chip>}
          {change.isRetroactive && <Chip kind="warning">Ran before it was reviewed</Chip>}
          {change.firstSeenLiveAt && !change.isRetroactive && <Chip kind="warning"><span>In live traffic since <Time at={change.firstSeenLiveAt} show="moment" /></span></Chip>}
        </>
      }
    />
  );
}

function Steps({ view, rollout, now }: { view: ChangeView; rollout: RolloutRow | null; now: Date }) {
  const { change } = view;
  if (change.kind !== "version" || change.toVersion === null || change.isRetroactive) return null;
  return <ChangeSteps change={{ ...change, toNumber: change.toVersion.number }} asksForCanary={asksForCanary(view)} rollout={rollout} now={now} />;
}

const proposalOf = ({ proposal }: ChangeView["change"]) => (typeof proposal === "object" && proposal !== null ? proposal : {}) as Record<string, unknown>;

/** Everything that shows what would be different. */
async function readDiff(view: ChangeView, { isWhole, isSinceApproval }: { isWhole: boolean; isSinceApproval: boolean }) {
  const { change } = view;
  const [recipes, sinceApproved, policy] = await Promise.all([
    change.kind === "version" ? layOutChange(change, isWhole) : null, isSinceApproval ? sinceApproval(view, isWhole) : null,
    change.kind === "review_policy" ? comparePolicies(change.policyRevision, proposalOf(change)) : null,
  ]);
  return { recipes, sinceApproved, policy };
}

async function replayOf({ agentId, fromVersionId, toVersionId }: ChangeView["change"]) {
  return agentId === null || toVersionId === null ? null : replayProposal({ agentId, fromVersionId, toVersionId });
}

function Body({ view, recipes }: { view: ChangeView; recipes: LaidOutRecipes | null }) {
  const { change, facts } = view;
  const proposal = proposalOf(change);
  const isOpen = change.state === "open";
  if (change.kind === "stage") return <StageProposal stage={proposal.stage} from={isOpen ? (change.agent?.stage ?? null) : null} />;
  if (change.kind === "tier") {
    return <TierProposal tier={proposal.tier} from={isOpen ? (change.agent?.tier ?? null) : undefined} answers={(proposal.answers ?? {}) as Record<string, unknown>} />;
  }
  const from = change.fromVersion?.number;
  const to = change.toVersion?.number;
  return (
    <CapabilityCard
      diffHref={paths.change(change.id)} sectionIds={recipes?.sections.map((section) => section.id) ?? []} groups={capabilityDelta(facts)} isFirst={from === undefined} same={recipes && from !== undefined ? unchangedWords(recipes) : null}
      meta={from === undefined ? `Computed from the components of ${to}` : `Computed from the components of ${from} and ${to}`}
    />
  );
}

function Obligations({ view }: { view: ChangeView }) {
  const { change, obligations, reviewers } = view;
  const asked = SUITES.filter((suite) => obligations.some(({ obligation }) => obligation.kind === "suite" && obligation.suite === suite));
  const suites = (asked.length > 0 ? asked : [...SUITES]).map((suite) => ({ value: suite, label: SUITE_NAMES[suite] }));
  const canRecord = change.state === "open" && change.kind === "version" && asked.length > 0;
  return (
    <ObligationsCard
      rules={view.rules} policyRevision={change.policyRevision} obligations={obligations} holders={holdersByRole(reviewers)}
      recordSuite={canRecord ? (
        <div className="card-foot">
          <SuiteFormButton changeId={change.id} fingerprint={change.fingerprint} suites={suites} allowance={view.recordSuite} action={recordSuiteAction} />
        </div>
      ) : null}
    />
  );
}
