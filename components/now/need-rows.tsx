"use client";

import type { ReactNode } from "react";
import { NewPill } from "@/components/layout/new-pill.tsx";
import { useStableRows } from "@/components/layout/use-stable-rows.ts";
import { classNames } from "@/components/ui/class-names.ts";
import { Link } from "@/components/ui/link.tsx";
import { StatusMark, type StatusKind } from "@/components/ui/status-mark.tsx";
import { Time } from "@/components/ui/time.tsx";
import { UntrustedText } from "@/components/ui/untrusted-text.tsx";
import type { HealthState } from "@/lib/domain/fleet-health.ts";

export interface Need {
  /** Of an agent, or of the stop path. */
  name: string;
  href: string;
  state: HealthState;
  word: string;
  sentence: string;
  since: string | null;
  next: { label: string; href: string };
}

export const MARKS: Readonly<Record<HealthState, StatusKind>> = { stopped: "stopped", critical: "critical", not_reporting: "unknown", warning: "warning", normal: "met" };

interface NeedRowsProps {
  needs: readonly Need[];
  checkedAt: string;
  /** More follow than are listed. */
  goesOn: boolean;
  empty: ReactNode;
}

const keyOf = (need: Need): string => need.name;

/** While somebody is in the list, what is new waits behind a button and what is gone stays, struck through; what a row says is always the newest. */
export function NeedRows({ needs, checkedAt, goesOn, empty }: NeedRowsProps) {
  const { items, news, goneKeys, hold, apply } = useStableRows(needs, keyOf, goesOn);
  if (items.length === 0) return empty;
  return (
    <>
      {news !== null && <NewPill onPress={apply}>{news}</NewPill>}
      <ul className="rows" aria-label="Needs you" {...hold}>
        {items.map((need) => <NeedRow key={need.name} need={need} isGone={goneKeys.includes(need.name)} checkedAt={checkedAt} />)}
      </ul>
    </>
  );
}

function NeedRow({ need: { name, href, state, word, sentence, since, next }, isGone, checkedAt }: { need: Need; isGone: boolean; checkedAt: string }) {
  return (
    <li className={classNames("need", isGone && "is-gone")}>
      {isGone ? <StatusMark kind="met">Gone from the list</StatusMark> : <StatusMark kind={MARKS[state]}>{word}</StatusMark>}
      <div className="min-w-0">
        <Link className="need-agent" href={href}>{name}</Link>
        <p className="need-what dense text-pretty text-fg-2"><UntrustedText text={sentence} maxLength={240} /></p>
      </div>
      <span className="meta need-since">{since !== null && <Time at={since} now={checkedAt} />}</span>
      <Link className="btn need-next" data-row="" href={next.href}>{next.label}<span className="sr-only"> of {name}</span></Link>
    </li>
  );
}
