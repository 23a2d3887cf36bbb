import type { Metadata } from "next";
import { Fragment } from "react";
import { NewerRuns } from "@/components/runs/newer-runs.tsx";
import { RunFilterForm } from "@/components/runs/run-filter-form.tsx";
import { RunTable } from "@/components/runs/run-table.tsx";
import { CopyLink } from "@/components/layout/copy-link.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Link } from "@/components/ui/link.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Pagination } from "@/components/ui/pagination.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { may } from "@/lib/domain/permissions.ts";
import { readRunFilter, type SearchValues } from "@/lib/domain/read-run-filter.ts";
import { freezeRunFilter, isEmptyRunFilter, readRunCursor, runFilterQuery, writeRunCursor, type RunFilter } from "@/lib/domain/run-filter.ts";
import { formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { hasAnyRun, listRuns } from "@/lib/queries/runs.ts";

export const metadata: Metadata = { title: "Runs" };

export default async function RunsPage({ searchParams }: { searchParams: Promise<SearchValues> }) {
  const search = await searchParams;
  const filter = readRunFilter(search);
  const query = runFilterQuery(filter);
  const actor = await requireSignedIn(paths.runs(query));
  const answer = may(actor, "run:read");
  if (!answer.ok) return <NoAccess reason={answer.reason} />;
  const now = new Date();
  const page = await listRuns(filter, { older: readRunCursor(search.before), newer: readRunCursor(search.after) }, now);
  const frozen = freezeRunFilter(filter, now);
  return (
    <>
      <PageHead
        title="Runs" lead="What the agents did, newest first."
        actions={<CopyLink key={paths.runs(query)} path={paths.runs({ ...runFilterQuery(frozen), ...cursorOf(search) })} from={frozen.from} to={frozen.to} />}
      />
      <RunFilterForm filter={filter} />
      <Stale readAtMs={now.getTime()} oldestMs={Infinity}>
        <Card
          title={page.rows.length === 0 ? "No runs" : formatCount(page.rows.length, "run")}
          meta={page.older ? "and older ones" : undefined}
          actions={page.first && page.newer === null ? <NewerRuns address={newerAddress(query, writeRunCursor(page.first))} /> : undefined}
        >
          {page.rows.length === 0 ? <NoRuns isFiltered={!isEmptyRunFilter(filter)} isAny={await hasAnyRun()} /> : <RunTable runs={page.rows} now={now.toISOString()} />}
          <Pagination
            newerHref={page.newer ? paths.runs({ ...query, after: writeRunCursor(page.newer) }) : undefined}
            olderHref={page.older ? paths.runs({ ...query, before: writeRunCursor(page.older) }) : undefined}
          />
        </Card>
      </Stale>
    </>
  );
}

const cursorOf = ({ before, after }: SearchValues): Record<string, string> => ({ ...(typeof before === "string" ? { before } : {}), ...(typeof after === "string" ? { after } : {}) });

const newerAddress = (query: Record<string, string>, first: string): string => `/api/console/runs?${new URLSearchParams({ ...query, first }).toString()}`;

/** What the search can do. */
const EXAMPLES: readonly { words: string; filter: Partial<RunFilter> }[] = [
  { words: "what failed in the last 24 hours", filter: { outcome: "failure", since: "24h" } },
  { words: "with errors in the last 7 days", filter: { errors: true, since: "7d" } },
  { words: "where a person stepped in", filter: { intervened: true } },
];

function NoRuns({ isFiltered, isAny }: { isFiltered: boolean; isAny: boolean }) {
  if (isFiltered && isAny) {
    return (
      <EmptyState kind="no_match" clearHref={paths.runs()}>
        No run matches all of these filters. For instance: {EXAMPLES.map(({ words, filter }, index) => <Fragment key={words}>{index > 0 && ", "}<Link className="link inline-flex min-h-6 items-center" href={paths.runs(runFilterQuery(filter))}>{words}</Link></Fragment>)}.
      </EmptyState>
    );
  }
  return (
    <EmptyState kind="nothing_yet" title="No agent has reported a run yet." action={<LinkButton href={paths.settingsKeys()}>Make a key and connect an agent</LinkButton>}>
      A run appears here within a second of its first span. An agent connects with OpenTelemetry’s own environment variables.
    </EmptyState>
  );
}

function NoAccess({ reason }: { reason: string }) {
  return (
    <>
      <PageHead title="Runs" />
      <Card>
        <EmptyState kind="unknown" title="You may not see runs.">{reason}</EmptyState>
      </Card>
    </>
  );
}
