"use client";

import Link from "next/link";
import { useState } from "react";
import { useHeldOrder } from "@/components/layout/use-held-order.ts";
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

/** Rows never move under a pointer or the focus: what is new waits until both have left for a while. */
export function NeedRows({ needs, checkedAt }: { needs: readonly Need[]; checkedAt: string }) {
  const [shown, setShown] = useState(needs);
  const { isHeld, hold } = useHeldOrder();
  if (!isHeld && shown !== needs) setShown(needs);
  return (
    <ul className="rows" aria-label="Needs you" {...hold}>
      {shown.map(({ name, href, state, word, sentence, since, next }) => (
        <li key={name} className="need">
          <StatusMark kind={MARKS[state]}>{word}</StatusMark>
          <div className="min-w-0">
            <Link className="need-agent" href={href}>{name}</Link>
            <p className="dense text-pretty text-fg-2"><UntrustedText text={sentence} maxLength={240} /></p>
          </div>
          <span className="meta need-since">{since !== null && <Time at={since} now={checkedAt} />}</span>
          <Link className="btn need-next" data-row="" href={next.href}>{next.label}<span className="sr-only"> of {name}</span></Link>
        </li>
      ))}
    </ul>
  );
}
