import type { Metadata } from "next";
import { LogEntries } from "@/components/log/log-entries.tsx";
import { LogFilterForm } from "@/components/log/log-filter-form.tsx";
import { VerificationResult } from "@/components/log/verification-result.tsx";
import { CopyLink } from "@/components/layout/copy-link.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { buttonClass, LinkButton } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Pagination } from "@/components/ui/pagination.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { freezeLogFilter, logFilterQuery, readLogFilter, readLogIndex } from "@/lib/domain/log-filter.ts";
import { formatCount } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { listLog, listLogChoices, MOST_VERIFIED, verifyLogRange } from "@/lib/queries/log.ts";

export const metadata: Metadata = { title: "Log" };

const LEAD = "Everything that anybody or anything changed, in the order in which it happened. Entries are only ever added.";

export default async function LogPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const search = await searchParams;
  const filter = readLogFilter(search);
  const query = logFilterQuery(filter);
  const actor = await requireSignedIn(paths.log(query));
  const { read: answer } = await permits(actor, null, { read: "log:read" });
  if (!answer.ok) {
    return (
      <>
        <PageHead title="Log" lead={LEAD} />
        <Card><EmptyState kind="unknown" title="You may not read the log.">{answer.reason}</EmptyState></Card>
      </>
    );
  }
  const older = readLogIndex(search.before);
  const newer = readLogIndex(search.after);
  const now = new Date();
  const [page, choices] = await Promise.all([listLog(filter, { older, newer }), listLogChoices()]);
  const newest = page.rows[0]?.index;
  const oldest = page.rows.at(-1)?.index;
  const isTooWide = newest !== undefined && oldest !== undefined && newest - oldest >= MOST_VERIFIED;
  const checked = search.verify === "1" && newest !== undefined && oldest !== undefined && !isTooWide ? await verifyLogRange(oldest, newest) : null;
  const position = { ...(older === null ? {} : { before: older }), ...(newer === null ? {} : { after: newer }) };
  const frozen = freezeLogFilter(filter, now);
  return (
    <>
      <PageHead
        title="Log" lead={LEAD}
        actions={<><CopyLink key={paths.log(query)} path={paths.log({ ...logFilterQuery(frozen), ...position })} from={frozen.from} to={frozen.to} /><a className={buttonClass()} href={exportAddress(query)} download>Export as NDJSON</a></>}
      />
      <LogFilterForm filter={filter} kinds={choices.kinds} actors={choices.actors} />
      {checked && <div className="mb-4"><VerificationResult result={checked} hidden={Math.max(0, checked.checked - page.rows.length)} at={now.toISOString()} /></div>}
      <Stale readAtMs={now.getTime()} oldestMs={Infinity}>
        <Card
          title={page.rows.length === 0 ? "No entries" : formatCount(page.rows.length, "entry", "entries")}
          actions={page.rows.length === 0 ? undefined : (
            <LinkButton size="sm" href={paths.log({ ...query, ...position, verify: 1 })} prefetch={false} scroll={false} disabledReason={isTooWide ? "The filter spreads this page over too many entries; narrow the time." : undefined}>
              Verify this page
            </LinkButton>
          )}
        >
          {page.rows.length === 0 ? <EmptyState kind="no_match" clearHref={paths.log()}>No entry matches all of these filters.</EmptyState> : <LogEntries entries={page.rows} now={now.toISOString()} faultAt={checked?.fault?.index} />}
          <Pagination
            newerHref={page.newer === null ? undefined : paths.log({ ...query, after: page.newer })}
            olderHref={page.older === null ? undefined : paths.log({ ...query, before: page.older })}
          />
        </Card>
      </Stale>
    </>
  );
}

const exportAddress = (query: Record<string, string>): string => {
  const text = new URLSearchParams(query).toString();
  return `/api/console/log/export${text === "" ? "" : `?${text}`}`;
};
