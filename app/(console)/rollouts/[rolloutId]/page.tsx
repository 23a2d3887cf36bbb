import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { AgentWatch } from "@/components/agents/agent-watch.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { AbortRollout } from "@/components/rollouts/abort-rollout.tsx";
import { BusinessView } from "@/components/rollouts/business-view.tsx";
import { DecideRollout } from "@/components/rollouts/decide-rollout.tsx";
import { DecisionNews } from "@/components/rollouts/decision-news.tsx";
import { EstimateCard } from "@/components/rollouts/estimate-card.tsx";
import { ExplanationCard } from "@/components/rollouts/explanation-card.tsx";
import { MarkerList } from "@/components/rollouts/marker-list.tsx";
import { MetricPanel } from "@/components/rollouts/metric-panel.tsx";
import { PlanForm } from "@/components/rollouts/plan-form-lazy.tsx";
import { PlanSummary } from "@/components/rollouts/plan-summary.tsx";
import { RecommendationsCard } from "@/components/rollouts/recommendations-card.tsx";
import { RolloutAftermath } from "@/components/rollouts/rollout-aftermath.tsx";
import { RolloutHistory } from "@/components/rollouts/rollout-history.tsx";
import { RolloutStateChip } from "@/components/rollouts/rollout-state-mark.tsx";
import { waitsFor } from "@/components/rollouts/rollout-words.ts";
import { SegmentCard } from "@/components/rollouts/segment-card.tsx";
import { StageStrip } from "@/components/rollouts/stage-strip.tsx";
import { trustChecks } from "@/components/rollouts/trust-checks.ts";
import { TrustPanel } from "@/components/rollouts/trust-panel.tsx";
import { ViolationsPanel } from "@/components/rollouts/violations-panel.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Mono } from "@/components/ui/mono.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Tabs } from "@/components/ui/tabs.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { comparisonSentence } from "@/lib/domain/comparison-words.ts";
import { may } from "@/lib/domain/permissions.ts";
import { estimateCanary, type CanaryEstimate } from "@/lib/domain/plan-canary.ts";
import { isOpenRollout } from "@/lib/domain/rollout-state.ts";
import { verdictSentence } from "@/lib/domain/verdict-words.ts";
import { formatClock, formatDay } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { readComments } from "@/lib/queries/item-comments.ts";
import { findRollout, type RolloutView } from "@/lib/queries/rollout.ts";
import { readTraffic } from "@/lib/database/rollout-traffic.ts";
import { NotesOfItem } from "../../notes-of-item.tsx";
import { abortRolloutAction, editPlanAction, pauseRolloutAction, promoteRolloutAction, resumeRolloutAction, startRolloutAction, waiveRolloutAction } from "../actions.ts";

export const metadata: Metadata = { title: "Rollout" };

interface PageProps {
  params: Promise<{ rolloutId: string }>;
  searchParams: Promise<{ view?: string | string[] }>;
}

const ACTIONS = { start: startRolloutAction, pause: pauseRolloutAction, resume: resumeRolloutAction, promote: promoteRolloutAction, waive: waiveRolloutAction };

export default async function RolloutPage({ params, searchParams }: PageProps) {
  const { rolloutId } = await params;
  const actor = await requireSignedIn(paths.rollout(rolloutId));
  const answer = may(actor, "rollout:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see rollouts.">{answer.reason}</EmptyState>;
  const now = new Date();
  const [view, comments] = await Promise.all([findRollout(rolloutId, actor, now), readComments(rolloutId)]);
  if (!view) notFound();
  const isForBusiness = (await searchParams).view === "business";
  const { rollout } = view;
  const traffic = rollout.state === "planned" ? await readTraffic(rollout.agentId, rollout.currentId, now, rollout.plan.countedOutcomes) : null;
  const estimate = traffic && estimateCanary(rollout.plan, traffic, now);
  return (
    <DecisionNews>
      <AgentWatch address={`/api/console/rollouts/${encodeURIComponent(rollout.id)}`} initial={view.pulse} />
      <Head view={view} now={now} />
      <div className="stack">
        <Stages view={view} estimate={estimate} now={now} />
        {traffic && estimate && <EstimateCard plan={rollout.plan} estimate={estimate} traffic={traffic} now={now} />}
        {rollout.startedAt !== null && (
          <Tabs
            label="How it is shown" tabs={[{ href: paths.rollout(rollout.id), label: "Figures", isCurrent: !isForBusiness }, { href: paths.rollout(rollout.id, { view: "business" }), label: "For the business", isCurrent: isForBusiness }]}
          />
        )}
        {rollout.startedAt !== null && <Stale readAtMs={now.getTime()} className="stack"><Body view={view} isForBusiness={isForBusiness} now={now} /></Stale>}
        {rollout.state === "planned" && <PlanForm rolloutId={rollout.id} revision={rollout.revision} plan={rollout.plan} versions={numbersOf(view)} may={view.may.plan} weaken={view.may.weaken} action={editPlanAction} />}
        {isOpenRollout(rollout.state) && <AbortRollout rolloutId={rollout.id} versions={numbersOf(view)} may={view.may.abort} action={abortRolloutAction} />}
        {isJudged(view) && !isForBusiness && <Stale readAtMs={now.getTime()} saysAge={false} className="stack"><Story view={view} /></Stale>}
        <div className={rollout.startedAt === null ? "stack" : "cols"}>
          <div className="stack">
            <NotesOfItem itemKey={rollout.id} actor={actor} now={now} />
            <RolloutHistory events={view.events} comments={comments} plan={rollout.plan} logHref={paths.log({ subject: rollout.id })} />
          </div>
          {rollout.startedAt !== null && <PlanSummary plan={rollout.plan} stageIndex={rollout.stageIndex} />}
        </div>
      </div>
    </DecisionNews>
  );
}

/** Before the first outcome of the candidate there is nothing to draw. */
const isJudged = ({ rollout: { verdict }, series, span }: RolloutView): boolean => span !== null && (verdict !== null || series.some(({ candidate }) => (candidate.at(-1)?.n ?? 0) > 0));

const numbersOf = ({ current, candidate }: RolloutView) => ({ current: current.number, candidate: candidate.number });

const DAY_MS = 86_400_000;

/** Tasks of the candidate a day at the exposure of now; null before there are any. */
function paceOf({ rollout, tasks }: RolloutView, now: Date): number | null {
  const known = tasks.find(({ stageIndex, arm }) => stageIndex === rollout.stageIndex && arm === "candidate")?.known ?? 0;
  return rollout.stepSince === null || known === 0 ? null : (known / Math.max(1, now.getTime() - rollout.stepSince.getTime())) * DAY_MS;
}

function Head({ view, now }: { view: RolloutView; now: Date }) {
  const { rollout, change, current, candidate } = view;
  const { strong, rest } = verdictSentence({ ...rollout, currentNumber: current.number, candidateNumber: candidate.number, tasksPerDay: paceOf(view, now) });
  const facts: ReactNode[] = [
    <Mono key="id">{rollout.id}</Mono>,
    <span key="agent"><Link className="link" href={paths.agent(rollout.agentId)}>{rollout.agentId}</Link>, version <b>{current.number}</b> to <b>{candidate.number}</b></span>,
    <span key="change">From <Link className="link" href={paths.change(rollout.changeId)}><UntrustedText text={change.title} maxLength={200} /></Link></span>,
  ];
  if (change.decidedBy !== null && change.decidedAt !== null) facts.push(<span key="approved">Approved by <b>{change.decidedBy.replace(/^system:.*/, "Holdpoint")}</b>, <Time at={change.decidedAt} show="moment" now={now} /></span>);
  if (rollout.startedBy !== null && rollout.startedAt !== null) facts.push(<span key="started">Started by <b>{rollout.startedBy}</b>, <Time at={rollout.startedAt} show="moment" now={now} /></span>);
  if (rollout.verdictAt !== null) facts.push(<span key="judged">Judged <Time at={rollout.verdictAt} now={now} /></span>);
  if (rollout.endedAt !== null) facts.push(<span key="ended">Ended <Time at={rollout.endedAt} show="both" now={now} /></span>);
  else if (rollout.deadlineAt !== null) facts.push(<span key="deadline">Deadline <Time at={rollout.deadlineAt} show="moment" now={now} /></span>);
  return <PageHead kind="verdict" title={<>{strong}{rest !== null && <span className="text-fg-3"> {rest}</span>}</>} marks={<RolloutStateChip state={rollout.state} />} facts={facts} />;
}

function Stages({ view, estimate, now }: { view: RolloutView; estimate: CanaryEstimate | null; now: Date }) {
  const { rollout } = view;
  const waits = waitsFor(rollout);
  const next = rollout.plan.stages[rollout.stageIndex + 1]?.stage ?? null;
  const compared = rollout.state === "planned" ? null : comparisonSentence(rollout.plan, rollout.stageIndex, numbersOf(view));
  return (
    <Card>
      <StageStrip plan={rollout.plan} state={rollout.state} stageIndex={rollout.stageIndex} exposure={rollout.exposure} stepSince={rollout.stepSince} tasks={view.tasks} events={view.events} now={now} />
      {isOpenRollout(rollout.state) && (
        <CardBody className="grid gap-3 border-t border-line">
          {(rollout.state === "held" || rollout.state === "paused") && rollout.reason !== null && <FormMessage kind="warning" title={rollout.state === "held" ? "Held. New tasks go to the current version." : "Paused. New tasks go to the current version."}><UntrustedText text={rollout.reason} maxLength={1_000} /></FormMessage>}
          {view.weaker.length > 0 && (
            <FormMessage kind="warning" title="This plan is weaker than the usual one.">
              <ul className="list-disc pl-4">{view.weaker.map((phrase) => <li key={phrase}>It {phrase}.</li>)}</ul>
            </FormMessage>
          )}
          {view.waivers.map(({ personId, personName, reason, at }) => (
            <FormMessage key={personId} kind="info" title={<>{personName} waived it <Time at={at} now={now} />. A second owner has to.</>}>{reason !== null && <UntrustedText text={reason} maxLength={1_000} />}</FormMessage>
          ))}
          <DecideRollout
            rolloutId={rollout.id} revision={rollout.revision} state={rollout.state} nextStage={next} candidateNumber={view.candidate.number} may={view.may}
            refusal={estimate === null || estimate.canConclude ? null : "This plan cannot conclude; see what it will take."} actions={ACTIONS}
          />
          {waits !== null && rollout.state === "running" && <p className="dense text-fg-2">Waits for: {waits}.</p>}
          {compared !== null && <p className="dense text-pretty text-fg-2">{compared}</p>}
        </CardBody>
      )}
      {!isOpenRollout(rollout.state) && rollout.reason !== null && (
        <CardBody className="border-t border-line">
          <p className="text-pretty"><UntrustedText text={rollout.reason} maxLength={1_000} /></p>
          {view.aftermath !== null && <RolloutAftermath aftermath={view.aftermath} candidateNumber={view.candidate.number} />}
          {rollout.undoId !== null && <p className="dense mt-1"><Link className="link" href={paths.undo(rollout.undoId)}>What is being taken back</Link></p>}
          {rollout.undoId === null && rollout.startedAt !== null && (
            <p className="dense mt-1 text-fg-2">What {view.candidate.number} did stays. <Link className="link" href={paths.actions({ agent: rollout.agentId, state: "all" })}>See the actions that can be taken back</Link></p>
          )}
        </CardBody>
      )}
    </Card>
  );
}

function Body({ view, isForBusiness, now }: { view: RolloutView; isForBusiness: boolean; now: Date }) {
  const { rollout, span } = view;
  const { verdict, plan, stageIndex } = rollout;
  const versions = numbersOf(view);
  if (span === null) return null;
  if (!isJudged(view)) {
    return <Card><EmptyState kind="nothing_yet" title="No task has been judged yet.">A task counts when its outcome is known. Give tasks to a version with assign() of the SDK, or POST /v1/assignments.</EmptyState></Card>;
  }
  if (isForBusiness) return verdict === null ? <Card><EmptyState kind="unknown" title="Cannot tell yet.">Nothing is judged in this stage so far.</EmptyState></Card> : <BusinessView verdict={verdict} versions={versions} plan={plan} stageIndex={stageIndex} />;
  const isDrawnToNow = rollout.endedAt === null && !span.isAtRest;
  const xLabels = [axisLabel(span.from, span.to), isDrawnToNow ? `now, ${formatClock(now).slice(0, 5)} UTC` : axisLabel(span.to, span.to)] as const;
  const whenOf = (at: number): string => axisLabel(new Date(at), span.to);
  return (
    <section aria-labelledby="metrics">
      <h2 id="metrics" className="sr-only">Metrics</h2>
      <div className="panels">
        {view.series.map((series) => (
          <MetricPanel key={series.metric} series={series} all={view.series} verdict={verdict?.metrics.find(({ metric }) => metric === series.metric) ?? null} plan={plan} stageIndex={stageIndex} versions={versions} markers={view.markers} xLabels={xLabels} whenOf={whenOf} />
        ))}
        {verdict && <ViolationsPanel verdict={verdict} versions={versions} />}
        {verdict && <TrustPanel checks={trustChecks({ plan, stageIndex, exposure: rollout.exposure, verdict, tasks: view.tasks, excluded: view.excluded, corrected: view.corrected, series: view.series })} />}
      </div>
      <p className="meta mt-2 text-pretty">
        Dashed grey: version {versions.current}. Solid blue: version {versions.candidate}. Above: each so far, with 95 % intervals. Below: the difference of all so far, with an interval for any number of looks at tasks that were shared out alike; where the exposure changed, the verdict goes by each share and the interval does not. Hatched: above no data, below not acceptable. All shares have one scale.{span.isAtRest && " They end with the last outcome: no task is given out since."}
        {view.markers.length > 0 && <> Lines: <MarkerList markers={view.markers} whenOf={whenOf} />.</>}
      </p>
    </section>
  );
}

/** The long part: why the judge says so, and in which kinds of tasks. */
function Story({ view }: { view: RolloutView }) {
  const { verdict, plan, stageIndex, amountMarks, state } = view.rollout;
  return (
    <>
      {verdict?.recommendations && <RecommendationsCard figures={verdict.recommendations} differing={view.differing} versions={numbersOf(view)} />}
      {verdict && <ExplanationCard verdict={verdict} plan={plan} stageIndex={stageIndex} />}
      <SegmentCard segments={view.segments} marks={amountMarks} plan={plan} isOpen={isOpenRollout(state)} versions={numbersOf(view)} />
    </>
  );
}

/** "08:30" on the day of the end, else with its day. */
function axisLabel(at: Date, end: Date): string {
  const clock = formatClock(at).slice(0, 5);
  return formatDay(at) === formatDay(end) ? `${clock} UTC` : `${formatDay(at).replace(/ \d{4}$/, "")}, ${clock}`;
}
