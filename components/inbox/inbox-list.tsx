"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useEffect, useRef, type ReactNode } from "react";
import { askConsole } from "@/components/layout/ask-console.ts";
import { KeyHint } from "@/components/layout/key-hint.tsx";
import { useAskingInterval } from "@/components/layout/live-provider.tsx";
import { RowHeightSwitch } from "@/components/layout/row-height-switch.tsx";
import { Stale } from "@/components/layout/stale.tsx";
import { NewPill } from "@/components/layout/new-pill.tsx";
import { useStableRows } from "@/components/layout/use-stable-rows.ts";
import { WAITING_KINDS } from "@/components/layout/waiting-kinds.ts";
import { LinkButton } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { holdBackRepeat } from "@/components/ui/hold-back-repeat.ts";
import { Link } from "@/components/ui/link.tsx";
import { Tabs } from "@/components/ui/tabs.tsx";
import { Time } from "@/components/ui/time.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Pagination } from "@/components/ui/pagination.tsx";
import { paths } from "@/lib/paths.ts";
import type { FormAction } from "@/lib/server-action.ts";
import { focusNext, focusRow } from "./focus-row.ts";
import { InboxRow } from "./inbox-row.tsx";
import { ShownItem } from "./shown-item.ts";
import { SinceChecked } from "./since-checked.tsx";
import { TierFilter, type TierKey } from "./tier-filter.tsx";
import { leftWords, useListDecisions, type ListActions } from "./use-list-decisions.ts";
import { useSelection } from "./use-selection.ts";
import { useShownItem } from "./use-shown-item.ts";
import { useTriage, type TriageActions } from "./use-triage.ts";
import type { InboxItem } from "@/lib/domain/inbox-item.ts";
import { UNKNOWN_FATE, type ItemFate } from "@/lib/domain/item-fate.ts";

/** Nobody needs it before something is selected. */
const SelectionBar = dynamic(() => import("./selection-bar.tsx").then((module) => module.SelectionBar), { ssr: false });

type TabKey = "all" | "mine" | "actions" | "changes" | "findings" | "spot_checks" | "snoozed";

export interface InboxData {
  tab: TabKey;
  tier: TierKey | null;
  items: InboxItem[];
  /** At whatever tier; but for what this person has put off. */
  open: { mine: number; all: number };
  snoozed: { count: number; nextAt: string | null };
  counts: Record<TabKey, number>;
  tiers: Record<TierKey, number>;
  oldest: string | null;
  decidedToday: number | null;
  more: number;
  newer: string | null;
  older: string | null;
  checkedAt: string;
  /** What became of those that were named as known and are not listed any more. */
  fates?: Readonly<Record<string, ItemFate>>;
}

/** Which page of the tab, as the address says it. */
export interface InboxCursor {
  after?: string | undefined;
  before?: string | undefined;
}

const TABS: readonly { key: TabKey; label: string }[] = [
  { key: "all", label: "All" }, { key: "mine", label: "Mine" }, { key: "actions", label: "Actions" }, { key: "changes", label: "Changes" }, { key: "findings", label: "Findings" }, { key: "spot_checks", label: "Spot checks" },
  { key: "snoozed", label: "Snoozed" },
];

/** Who puts nothing off needs no tab for it. */
const tabsOf = ({ tab, snoozed }: InboxData) => TABS.filter(({ key }) => key !== "snoozed" || tab === "snoozed" || snoozed.count > 0);

const fetchInbox = ({ tab, tier }: Pick<InboxData, "tab" | "tier">, { after, before }: InboxCursor, known: readonly string[]): Promise<InboxData> =>
  askConsole(`/api/console/inbox?${new URLSearchParams({ tab, ...(tier && { tier }), ...(after && { after }), ...(before && { before }), ...(known.length > 0 && { known: known.join(",") }) }).toString()}`);

const keyOf = (item: InboxItem): string => item.key;

interface InboxListProps extends ListActions {
  initial: InboxData;
  cursor: InboxCursor;
  /** Which item is shown beside the list, as the address says it. */
  shownKey: string | null;
  /** What tells of it. */
  peek: ReactNode;
  approveSelectedAction: FormAction;
  triageActions: TriageActions;
}

/** While somebody is in the list, what is new waits behind a button and what is gone stays, struck through. */
export function InboxList({ initial, cursor, shownKey, peek, approveSelectedAction, triageActions, ...actions }: InboxListProps) {
  const interval = useAskingInterval();
  const client = useQueryClient();
  /** With the next reading comes what became of them. */
  const shownKeys = useRef<readonly string[]>(initial.items.map(keyOf));
  const asked = { queryKey: ["inbox", initial.tab, initial.tier ?? "", cursor.after ?? "", cursor.before ?? ""], queryFn: () => fetchInbox(initial, cursor, shownKeys.current), meta: { movesWith: WAITING_KINDS } };
  const { data, dataUpdatedAt, isError, failureCount } = useQuery({
    ...asked, initialData: initial, initialDataUpdatedAt: Date.parse(initial.checkedAt), refetchInterval: interval,
  });
  // What is on its way was asked for before.
  const readAgain = () => client.cancelQueries({ queryKey: asked.queryKey }).then(() => client.fetchQuery({ ...asked, staleTime: 0 })).then(({ open, checkedAt }) => ({ left: open.mine, at: checkedAt }), () => null);
  const decisions = useListDecisions(actions, readAgain);
  const triage = useTriage(triageActions, {
    onDone: (key, message, done) => {
      if (done === "snoozed" || (done === "woken" && !decisions.said.has(key))) return decisions.note(key, message);
      return done === "woken" ? decisions.takenBack(key, message) : decisions.tell(message);
    },
    onFailed: readAgain, onPutOff: focusNext, onClosed: focusRow,
  });
  const selection = useSelection(async () => leftWords((await readAgain())?.left ?? null));
  const rows = useStableRows(data.items, keyOf, data.older !== null);
  useEffect(() => {
    shownKeys.current = rows.items.map(keyOf);
  }, [rows.items]);
  const isGone = ({ key }: InboxItem): boolean => rows.goneKeys.includes(key) || decisions.isNews(key, data.checkedAt);
  const { shown, onFocus } = useShownItem(rows.items, shownKey);
  const back = rows.items.find((item) => decisions.said.has(item.key) && !isGone(item));
  if (back) decisions.forget(back.key);
  const selected = rows.items.filter((item) => selection.keys.has(item.key) && item.approval !== undefined && !isGone(item));
  const isUnknown = isError && failureCount > 1;
  const tab = initial.tab === "all" ? undefined : initial.tab;
  const tier = initial.tier ?? undefined;

  const { mine, all } = data.open;
  return (
    <>
      <PageHead title={mine === 0 ? "Nothing waits for you" : mine === 1 ? "One thing waits for you" : `${mine.toLocaleString("en")} things wait for you`} lead={othersSentence(all - mine, data.snoozed.count)} actions={<LinkButton href={paths.actions()}>All actions</LinkButton>} />
      <Stale readAtMs={dataUpdatedAt} hasFailed={failureCount > 0} saysAge={false}>
        <div className={rows.items.length > 0 ? "inbox-cols" : undefined} onFocus={onFocus}>
          <Card>
            <h2 className="sr-only">What is open</h2>
            <Tabs label="What to show" tabs={tabsOf({ ...data, tab: initial.tab }).map(({ key, label }) => ({ href: paths.inbox({ tab: key === "all" ? undefined : key, tier }), label, count: data.counts[key], isCurrent: key === initial.tab }))} />
            <TierFilter tab={tab} tier={initial.tier} tiers={data.tiers} oldest={data.oldest} now={data.checkedAt} />
            {isUnknown && (
              <div className="p-3">
                <FormMessage kind="warning" title="Cannot tell what waits now.">The console does not answer. The list is from <Time at={data.checkedAt} show="moment" />; it asks again every few seconds.</FormMessage>
              </div>
            )}
            {rows.news !== null && <NewPill onPress={rows.apply}>{rows.news}</NewPill>}
            <ul className="rows" aria-label="Waiting" onKeyDown={holdBackRepeat} {...rows.hold}>
              {rows.items.map((item) => <InboxRow key={item.key} item={item} fate={isGone(item) ? (data.fates?.[item.key] ?? UNKNOWN_FATE) : null} isShown={item === shown} now={data.checkedAt} decisions={decisions} selection={selection} triage={triage} />)}
            </ul>
            <p className="sr-only" role="status">{decisions.announcement}</p>
            {(selected.length > 0 || selection.answer !== null) && (
              <SelectionBar items={selected} answer={selection.answer} action={approveSelectedAction} onApproved={(keys, message) => void selection.decided(keys, message)} onClear={selection.clear} />
            )}
            {rows.items.length === 0 && <Nothing data={data} isUnknown={isUnknown} />}
            {initial.tab !== "snoozed" && data.snoozed.nextAt !== null && (
              <p className="card-foot">
                {data.snoozed.count.toLocaleString("en")} snoozed, next back <Time at={data.snoozed.nextAt} show="moment" now={data.checkedAt} />. <Link className="link" href={paths.inbox({ tab: "snoozed" })}>Show what is snoozed</Link>
              </p>
            )}
            {rows.items.length > 0 && (
              <div className="card-foot">
                <SinceChecked at={data.checkedAt} />
                <RowHeightSwitch />
                <span className="ml-auto max-sm:hidden"><KeyHint of="j" /> next, <KeyHint of="k" /> previous, also across pages, <kbd>Enter</kbd> open, <KeyHint of="a" /> approve, <KeyHint of="x" /> select, <KeyHint of="m" /> take, <KeyHint of="h" /> snooze, <KeyHint of="c" /> comment</span>
              </div>
            )}
            <Pagination
              shown={data.more > 0 ? `${data.items.length} of ${data.counts[initial.tab].toLocaleString("en")} on this page` : undefined} newerLabel="Previous" olderLabel="Next"
              newerHref={data.newer === null ? undefined : paths.inbox({ tab, tier, before: data.newer })} olderHref={data.older === null ? undefined : paths.inbox({ tab, tier, after: data.older })}
            />
          </Card>
          <ShownItem value={shown}>{peek}</ShownItem>
        </div>
      </Stale>
    </>
  );
}

const othersSentence = (count: number, snoozed: number): string =>
  `${count === 0 ? "Nothing else is open." : `${count.toLocaleString("en")} more ${count === 1 ? "is" : "are"} open for others.`}${snoozed === 0 ? "" : ` You snoozed ${snoozed.toLocaleString("en")}.`}`;

function Nothing({ data, isUnknown }: { data: InboxData; isUnknown: boolean }) {
  if (isUnknown) return <EmptyState kind="unknown" title="Cannot tell whether anything waits.">Nothing was waiting when it last answered.</EmptyState>;
  const { tab, tier, open, snoozed, decidedToday } = data;
  const checked = <>{decidedToday !== null && `${decidedToday.toLocaleString("en")} decided today. `}<SinceChecked at={data.checkedAt} /></>;
  if (tab === "snoozed") return <EmptyState kind="nothing_yet" title="Nothing is snoozed.">{checked}</EmptyState>;
  if (open.all === 0) return <EmptyState kind="nothing_yet" title="Nothing waits for you.">{snoozed.count === 0 ? "Nothing is open at all." : "Nothing else is open."} {checked}</EmptyState>;
  if (tier !== null) return <EmptyState kind="no_match" title="Nothing of this kind is open at this tier." clearHref={paths.inbox({ tab: tab === "all" ? undefined : tab })}>{checked}</EmptyState>;
  if (tab === "mine") return <EmptyState kind="nothing_yet" title="Nothing waits for you.">{open.all.toLocaleString("en")} open for others. {checked}</EmptyState>;
  return <EmptyState kind="no_match" title="Nothing of this kind is open." clearHref={paths.inbox()}>{checked}</EmptyState>;
}
