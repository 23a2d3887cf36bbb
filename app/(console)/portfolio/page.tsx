import type { Metadata } from "next";
import { DecidedChanges } from "@/components/portfolio/decided-changes.tsx";
import { LimitsTable } from "@/components/portfolio/limits-table.tsx";
import { PrintButton } from "@/components/portfolio/print-button.tsx";
import { TaskCosts } from "@/components/portfolio/task-costs.tsx";
import { WaitingList } from "@/components/portfolio/waiting-list.tsx";
import { ReadAgain } from "@/components/layout/read-again.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { buttonClass, LinkButton } from "@/components/ui/button.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Pagination } from "@/components/ui/pagination.tsx";
import { Tabs } from "@/components/ui/tabs.tsx";
import { Verdict } from "@/components/ui/verdict.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { limitSentence, PORTFOLIO_QUESTIONS } from "@/lib/domain/limit-words.ts";
import { may } from "@/lib/domain/permissions.ts";
import { formatCount, formatUtc } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { getPortfolio, PORTFOLIO_PAGE, readPortfolioCursor, type Portfolio } from "@/lib/queries/portfolio.ts";

export const metadata: Metadata = { title: "Portfolio" };

/** Costs move by the hour; rates and what waits are read again with the rest of the house. */
const COSTS_OLDEST_MS = 3_600_000;

type Search = Record<string, string | string[] | undefined>;

const text = (value: string | string[] | undefined): string | null => (typeof value === "string" ? value : null);

export default async function PortfolioPage({ searchParams }: { searchParams: Promise<Search> }) {
  const actor = await requireSignedIn(paths.portfolio());
  const read = may(actor, "agent:read");
  if (!read.ok) return <><PageHead title="Portfolio" /><Card><EmptyState kind="unknown" title="You may not see agents.">{read.reason}</EmptyState></Card></>;
  const search = await searchParams;
  const now = new Date();
  const asked = { scope: text(search.scope), after: readPortfolioCursor(text(search.after)) };
  const portfolio = await getPortfolio(actor, asked, now);
  const csv = paths.portfolioCsv({ scope: portfolio.scope, after: asked.after ?? undefined });
  return (
    <div className="portfolio">
      <PageHead
        title="Portfolio" lead={leadOf(portfolio)} facts={[<>as of <b>{formatUtc(now)}</b></>]}
        actions={<><a className={buttonClass()} href={csv} download>Download as CSV</a><PrintButton /></>}
      />
      {portfolio.canSeeAll && (
        <Tabs
          isPage label="Whose agents"
          tabs={[
            { href: paths.portfolio({ scope: "mine" }), label: "Mine", isCurrent: portfolio.scope === "mine" }, { href: paths.portfolio({ scope: "all" }), label: "All", isCurrent: portfolio.scope === "all" },
          ]}
        />
      )}
      <div className="stack">
        <ReadAgain list="portfolio" readAtMs={now.getTime()} className="stack">
          <Limits portfolio={portfolio} isFirst={asked.after === null} />
          <Changed portfolio={portfolio} now={now} />
          <Card title={PORTFOLIO_QUESTIONS.waiting} meta="what is due first at the top">
            <WaitingList items={portfolio.waiting} now={now} />
            {portfolio.moreWaiting > 0 && <p className="card-foot">{formatCount(portfolio.moreWaiting, "more item")} in the inbox.</p>}
          </Card>
        </ReadAgain>
        <Stale readAtMs={now.getTime()} isWatched={false} oldestMs={COSTS_OLDEST_MS}>
          <Card title={PORTFOLIO_QUESTIONS.cost} meta="model costs of the runs whose cost is known, by week">
            {portfolio.agents.length === 0 ? <NoAgents portfolio={portfolio} /> : <TaskCosts agents={portfolio.agents} weeks={portfolio.period.weeks} />}
          </Card>
        </Stale>
      </div>
    </div>
  );
}

function leadOf({ scope, total }: Portfolio): string {
  if (scope === "all") return `All ${formatCount(total, "agent")} of this installation.`;
  return total === 0 ? "You own no agent." : `${formatCount(total, "agent")} you answer for.`;
}

function Limits({ portfolio, isFirst }: { portfolio: Portfolio; isFirst: boolean }) {
  const { agents, total, next, scope } = portfolio;
  if (agents.length === 0) return <Card title={PORTFOLIO_QUESTIONS.limits}><NoAgents portfolio={portfolio} /></Card>;
  return (
    <Card title={PORTFOLIO_QUESTIONS.limits} meta={total > PORTFOLIO_PAGE ? "pages by name, each by days until the limit" : "by days until the limit"}>
      <CardBody>
        <Verdict level={3} size="lead" detail="No budget stops an agent yet: it tells people. Rates are of the last 24 hours, against the four weeks before.">
          {total > agents.length ? `Of the ${agents.length} on this page: ` : ""}{limitSentence(agents)}
        </Verdict>
      </CardBody>
      <LimitsTable agents={agents} />
      <Pagination
        newerHref={isFirst ? undefined : paths.portfolio({ scope })} newerLabel="First page"
        olderHref={next === null ? undefined : paths.portfolio({ scope, after: next })} olderLabel="Next"
      />
    </Card>
  );
}

function Changed({ portfolio: { changes, hasMoreChanges }, now }: { portfolio: Portfolio; now: Date }) {
  return (
    <Card title={PORTFOLIO_QUESTIONS.changed} meta="decided in the last 30 days">
      <DecidedChanges changes={changes} now={now} />
      {hasMoreChanges && <div className="card-foot">The newest {changes.length} are shown. <span className="actions ml-auto"><LinkButton size="sm" href={paths.changes({ state: "decided" })}>All decided changes</LinkButton></span></div>}
    </Card>
  );
}

function NoAgents({ portfolio: { scope, canSeeAll } }: { portfolio: Portfolio }) {
  if (scope === "all") return <EmptyState kind="nothing_yet" title="No agent is known yet." />;
  return (
    <EmptyState kind="nothing_yet" title="You own no agent." action={canSeeAll ? <LinkButton href={paths.portfolio({ scope: "all" })}>Show all agents</LinkButton> : undefined}>
      An administrator, or the business owner of an agent, names its owners on the agent's card.
    </EmptyState>
  );
}
