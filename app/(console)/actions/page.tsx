import type { Metadata } from "next";
import { ActionTable } from "@/components/actions/action-table.tsx";
import { BatchCard } from "@/components/actions/batch-card.tsx";
import { ReadAgain } from "@/components/layout/read-again.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FilterBar } from "@/components/ui/filter-bar.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Pagination } from "@/components/ui/pagination.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { ACTION_STATES, ACTION_STATE_WORDS, isActionState } from "@/lib/domain/action-state.ts";
import { addressText, type AddressValues } from "@/lib/domain/address-text.ts";
import { may } from "@/lib/domain/permissions.ts";
import { paths } from "@/lib/paths.ts";
import { listActionBatches } from "@/lib/queries/action-batches.ts";
import { hasAnyAction, listActions, type ActionFilter } from "@/lib/queries/actions.ts";
import { approveBatchAction } from "./actions.ts";

export const metadata: Metadata = { title: "Actions" };

const STATE_OPTIONS = [
  { value: "", label: "Open" }, { value: "held", label: ACTION_STATE_WORDS.held }, { value: "all", label: "All" },
  ...ACTION_STATES.filter((state) => state !== "held").map((state) => ({ value: state, label: ACTION_STATE_WORDS[state] })),
];

function filterOf(search: AddressValues): ActionFilter {
  const state = addressText(search.state);
  return { state: state !== null && (state === "all" || isActionState(state)) ? state : "open", agent: addressText(search.agent), tool: addressText(search.tool) };
}

export default async function ActionsPage({ searchParams }: { searchParams: Promise<AddressValues> }) {
  const actor = await requireSignedIn(paths.actions());
  const answer = may(actor, "action:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see actions.">{answer.reason}</EmptyState>;
  const search = await searchParams;
  const filter = filterOf(search);
  const after = addressText(search.after);
  const now = new Date();
  const { rows, older } = await listActions(filter, after);
  const batches = filter.state === "open" || filter.state === "held" ? await listActionBatches(actor, now) : [];
  const state = filter.state === "open" ? undefined : filter.state;
  const query = { state, agent: filter.agent ?? undefined, tool: filter.tool ?? undefined };
  const isFiltered = state !== undefined || filter.agent !== null || filter.tool !== null;
  return (
    <>
      <PageHead
        title="Actions" lead="Every call that changes something: what waits for a person, what went ahead, and what was taken back."
        actions={<><LinkButton href={paths.undos()}>Reversals</LinkButton><LinkButton href={paths.actionQuality(filter.agent === null ? undefined : { agent: filter.agent })}>Approval quality</LinkButton></>}
      />
      <div className="stack">
        <FilterBar
          action={paths.actions()} search={{ name: "tool", label: "Tool", value: filter.tool ?? undefined, placeholder: "Exact name" }}
          filters={[{ name: "state", label: "State", value: state, options: STATE_OPTIONS }]} keep={{ agent: filter.agent ?? undefined }} clearHref={isFiltered ? paths.actions() : undefined}
        />
        {batches.length > 0 && <BatchCard batches={batches} action={approveBatchAction} />}
        {filter.agent !== null && <p className="dense text-fg-2">Only the agent <b>{filter.agent}</b>.</p>}
        <ReadAgain list="actions" readAtMs={now.getTime()}>
          <Card>
            <ActionTable rows={rows} empty={<Nothing isFiltered={isFiltered} hasAny={rows.length > 0 || (await hasAnyAction())} />} />
            <Pagination newerHref={after === null ? undefined : paths.actions(query)} newerLabel="First page" olderHref={older === null ? undefined : paths.actions({ ...query, after: older })} olderLabel="More" />
          </Card>
        </ReadAgain>
      </div>
    </>
  );
}

function Nothing({ isFiltered, hasAny }: { isFiltered: boolean; hasAny: boolean }) {
  if (isFiltered && hasAny) return <EmptyState kind="no_match" clearHref={paths.actions()} />;
  if (hasAny) return <EmptyState kind="nothing_yet" title="No action waits or is under way.">What is over is under State.</EmptyState>;
  return (
    <EmptyState kind="nothing_yet" title="No action was ever prepared.">
      An agent prepares one by API before it calls a tool that writes, or asks the gate about the call.
    </EmptyState>
  );
}
