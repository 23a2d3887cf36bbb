"use client";

import { useEffect, useRef, useState } from "react";
import { Row, Rows } from "@/components/ui/rows.tsx";
import { NamedText } from "@/components/ui/named-text.tsx";
import { paths } from "@/lib/paths.ts";

interface NextInInboxProps {
  /** What this person decided here: "Approved"; null before it. */
  said: string | null;
  /** How much waits for this person still, and what of it comes next. */
  left: number;
  next: { href: string; sentence: string; word: string; agentId: string | null } | null;
}

/** A decision takes the button away that had the focus: what was decided is read out, and the focus goes to what comes next. Nothing of it stands there when the page is opened later. */
export function NextInInbox({ said, left, next }: NextInInboxProps) {
  const [wasOpen, setWasOpen] = useState(said === null);
  if (said === null && !wasOpen) setWasOpen(true);
  const [hasSaid, setHasSaid] = useState(said !== null);
  if (said !== null && !hasSaid) setHasSaid(true);
  const isJustSaid = wasOpen && said !== null;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isJustSaid) place.current?.querySelector("a")?.focus();
  }, [isJustSaid]);
  return (
    <div ref={place} className={isJustSaid ? "card mt-4" : undefined}>
      <p role="status" className={isJustSaid ? "card-head font-medium" : "sr-only"}>
        {isJustSaid ? `${said}. ${left === 0 ? "Nothing else waits for you." : `${left.toLocaleString("en")} left.`}` : said === null && hasSaid && "It waits again."}
      </p>
      {isJustSaid && (
        <Rows label="Next in the inbox">
          {next === null ? <Row title="The inbox" href={paths.inbox()} /> : <Row title={<NamedText text={next.sentence} />} detail={[next.word, ...(next.agentId === null ? [] : [next.agentId])].join(", ")} href={next.href} aside="Next" />}
        </Rows>
      )}
    </div>
  );
}
