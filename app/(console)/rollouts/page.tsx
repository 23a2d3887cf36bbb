import type { Metadata } from "next";
import { RolloutTable } from "@/components/rollouts/rollout-table.tsx";
import { STATE_MARKS } from "@/components/rollouts/rollout-words.ts";
import { ReadAgain } from "@/components/layout/read-again.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FilterBar } from "@/components/ui/filter-bar.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Pagination } from "@/components/ui/pagination.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { addressText, type AddressValues } from "@/lib/domain/address-text.ts";
import { may } from "@/lib/domain/permissions.ts";
import { isRolloutState, ROLLOUT_STATES } from "@/lib/domain/rollout-state.ts";
import { paths } from "@/lib/paths.ts";
import { hasAnyRollout, listRollouts, type RolloutFilter } from "@/lib/queries/rollouts.ts";

export const metadata: Metadata = { title: "Rollouts" };

const STATE_OPTIONS = [{ value: "", label: "Open" }, { value: "all", label: "All" }, ...ROLLOUT_STATES.map((state) => ({ value: state, label: STATE_MARKS[state].word }))];

function filterOf(search: AddressValues): RolloutFilter {
  const state = addressText(search.state);
  return { state: state === "all" || isRolloutState(state) ? state : "open", agent: addressText(search.agent) };
}

export default async function RolloutsPage({ searchParams }: { searchParams: Promise<AddressValues> }) {
  const actor = await requireSignedIn(paths.rollouts());
  const answer = may(actor, "rollout:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see rollouts.">{answer.reason}</EmptyState>;
  const search = await searchParams;
  const filter = filterOf(search);
  const after = addressText(search.after);
  const now = new Date();
  const { rows, older } = await listRollouts(filter, after);
  const state = filter.state === "open" ? undefined : filter.state;
  const query = { state, agent: filter.agent ?? undefined };
  const isFiltered = state !== undefined || filter.agent !== null;
  return (
    <>
      <PageHead title="Rollouts" lead="Approved versions on their way into production, in stages beside the version that they replace, and what each waits for." />
      <div className="stack">
        <FilterBar
          action={paths.rollouts()} search={{ name: "agent", label: "Agent", value: filter.agent ?? undefined, placeholder: "Exact name" }}
          filters={[{ name: "state", label: "State", value: state, options: STATE_OPTIONS }]} clearHref={isFiltered ? paths.rollouts() : undefined}
        />
        <ReadAgain list="rollouts" readAtMs={now.getTime()}>
          <Card>
            <RolloutTable rows={rows} now={now} empty={<Nothing isFiltered={isFiltered} hasAny={rows.length > 0 || (await hasAnyRollout())} />} />
            <Pagination newerHref={after === null ? undefined : paths.rollouts(query)} newerLabel="First page" olderHref={older === null ? undefined : paths.rollouts({ ...query, after: older })} olderLabel="More" />
          </Card>
        </ReadAgain>
      </div>
    </>
  );
}

function Nothing({ isFiltered, hasAny }: { isFiltered: boolean; hasAny: boolean }) {
  if (isFiltered) return <EmptyState kind="no_match" clearHref={paths.rollouts()} />;
  if (hasAny) return <EmptyState kind="nothing_yet" title="Nothing is being rolled out.">What is over is under State.</EmptyState>;
  return <EmptyState kind="nothing_yet" title="No change asked for a rollout yet.">One is planned when a change is approved for which the re-review policy asks for a canary.</EmptyState>;
}
