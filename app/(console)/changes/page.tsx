import type { Metadata } from "next";
import { ChangeTable } from "@/components/changes/change-table.tsx";
import { ReadAgain } from "@/components/layout/read-again.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { Card, CardFoot } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FilterBar } from "@/components/ui/filter-bar.tsx";
import { Link } from "@/components/ui/link.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Pagination } from "@/components/ui/pagination.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { addressText, type AddressValues } from "@/lib/domain/address-text.ts";
import { CHANGE_KINDS, CHANGE_STATES, kindWord, stateWord } from "@/lib/domain/change-words.ts";
import { CHANGE_CLASSES, CLASS_NAMES } from "@/lib/domain/review-policy.ts";
import { may } from "@/lib/domain/permissions.ts";
import { formatCount, formatNumber } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { hasAnyChange, listChanges, type ChangeFilter } from "@/lib/queries/changes.ts";

export const metadata: Metadata = { title: "Changes" };

const filterOf = (search: AddressValues): ChangeFilter => ({
  state: addressText(search.state) ?? "open", agent: addressText(search.agent), class: addressText(search.class), kind: addressText(search.kind), author: addressText(search.author), isMine: search.mine === "1", q: addressText(search.q),
});

const STATE_OPTIONS = [
  { value: "", label: "Open" }, { value: "decided", label: "Decided" }, { value: "all", label: "All" },
  ...CHANGE_STATES.filter((state) => state !== "open").map((state) => ({ value: state, label: stateWord(state).word })),
];

export default async function ChangesPage({ searchParams }: { searchParams: Promise<AddressValues> }) {
  const actor = await requireSignedIn(paths.changes());
  const answer = may(actor, "change:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see changes.">{answer.reason}</EmptyState>;
  const search = await searchParams;
  const filter = filterOf(search);
  const now = new Date();
  const { waiting, rows, older } = await listChanges(filter, addressText(search.after), actor, now);
  const isFiltered = filter.isMine || filter.state !== "open" || [filter.agent, filter.class, filter.kind, filter.author, filter.q].some((value) => value !== null);
  const query = { state: addressText(search.state) ?? undefined, agent: filter.agent ?? undefined, class: filter.class ?? undefined, kind: filter.kind ?? undefined, author: filter.author ?? undefined, mine: filter.isMine ? "1" : undefined, q: filter.q ?? undefined };
  return (
    <>
      <PageHead title="Changes" lead="Every proposal to move an agent, its stage or tier, or the rules of review, with what it still needs." actions={<LinkButton href={paths.changeQuality(filter.agent === null ? undefined : { agent: filter.agent })}>Change quality</LinkButton>} />
      <div className="stack">
        <FilterBar
          action={paths.changes()}
          search={{ name: "q", label: "Search", value: filter.q ?? undefined, placeholder: "Title, id or source" }}
          texts={[
            { name: "agent", label: "Agent", value: filter.agent ?? undefined, placeholder: "Exact name", isSeldom: true },
            { name: "author", label: "Author", value: filter.author ?? undefined, placeholder: "Part of the name", isSeldom: true },
          ]}
          filters={[
            { name: "mine", label: "Waits for", value: filter.isMine ? "1" : undefined, options: [{ value: "", label: "Anybody" }, { value: "1", label: "You" }] },
            { name: "state", label: "State", value: addressText(search.state) ?? undefined, options: STATE_OPTIONS },
            { name: "class", label: "Class", value: filter.class ?? undefined, options: [{ value: "", label: "All" }, ...CHANGE_CLASSES.map((each) => ({ value: each, label: CLASS_NAMES[each] }))], isSeldom: true },
            { name: "kind", label: "Kind", value: filter.kind ?? undefined, options: [{ value: "", label: "All" }, ...CHANGE_KINDS.map((each) => ({ value: each, label: kindWord(each) }))], isSeldom: true },
          ]}
          clearHref={isFiltered ? paths.changes() : undefined}
        />
        <ReadAgain list="changes" readAtMs={now.getTime()}>
          <div className="stack">
            {waiting.rows.length > 0 && (
              <Card title="Waits for you" meta={formatCount(waiting.count, "change")}>
                <ChangeTable caption="Changes that wait for you" rows={waiting.rows} />
                {waiting.count > waiting.rows.length && <CardFoot>Those that end first. <Link className="link inline-flex min-h-6 items-center" href={paths.changes({ ...query, mine: "1" })}>All {formatNumber(waiting.count)} that wait for you</Link></CardFoot>}
              </Card>
            )}
            {(rows.length > 0 || waiting.rows.length === 0) && (
              <Card title={waiting.rows.length > 0 ? "Everything else" : undefined}>
                <ChangeTable rows={rows} empty={<Nothing isFiltered={isFiltered} hasAny={rows.length > 0 || (await hasAnyChange())} />} />
                <Pagination newerHref={addressText(search.after) ? paths.changes(query) : undefined} newerLabel="Newest" olderHref={older ? paths.changes({ ...query, after: older }) : undefined} />
              </Card>
            )}
          </div>
        </ReadAgain>
      </div>
    </>
  );
}

function Nothing({ isFiltered, hasAny }: { isFiltered: boolean; hasAny: boolean }) {
  if (isFiltered && hasAny) return <EmptyState kind="no_match" clearHref={paths.changes()} />;
  if (hasAny) return <EmptyState kind="nothing_yet" title="No change waits for a decision.">Decided ones are under State.</EmptyState>;
  return (
    <EmptyState kind="nothing_yet" title="No change was ever proposed.">
      A pipeline registers a version of an agent by API, or somebody does it on the agent's page. The first one is a change already.
    </EmptyState>
  );
}
