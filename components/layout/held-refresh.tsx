"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState, useTransition } from "react";
import { finger } from "./finger.ts";
import { canBeRead, pillWords } from "./held-words.ts";
import { useLive } from "./live-provider.tsx";
import { NewPill } from "./new-pill.tsx";
import { shellQuery } from "./shell-query.ts";

const LOOK_AGAIN_MS = 1_000;
/** An answer that is no older says that the house is there. */
const ANSWERED_MS = 500;
const ROWS = "main :is(li, tr)";

/** Of a finger hover says nothing: the row that it touched last counts as hovered for ever. */
function isSomebodyInRows(): boolean {
  if (finger.isHere()) return true;
  const states = matchMedia("(hover: hover)").matches ? ":is(:hover, :focus-within)" : ":focus-within";
  return document.querySelector(`${ROWS}${states}`) !== null;
}

const placesOfRows = (): Map<Element, number> => new Map([...document.querySelectorAll(ROWS)].map((row) => [row, row.getBoundingClientRect().top]));
const isElsewhere = ([row, top]: [Element, number]): boolean => !row.isConnected || row.getBoundingClientRect().top !== top;

interface HeldRefreshProps {
  /** What the page was made of; and as it is now. */
  madeOf: string;
  current: string;
  /** One more, and the page is due although none of its figures is known to have moved. */
  turns: number;
}

/** Has the server make the page anew. While somebody is in its rows none moves: it waits, and offers to be read again. */
export function HeldRefresh({ madeOf, current, turns }: HeldRefreshProps) {
  const router = useRouter();
  const { status } = useLive();
  const [asked, setAsked] = useState({ current, turns });
  const [isHeld, setHeld] = useState(false);
  const [isComing, startComing] = useTransition();
  // After a decision of one's own the page was made anew already.
  if (current === madeOf && current !== asked.current) setAsked({ ...asked, current });
  const hasMoved = current !== madeOf && current !== asked.current;
  const isWanted = hasMoved || turns !== asked.turns;
  const places = useRef<Map<Element, number> | null>(null);
  const client = useQueryClient();
  const isAsking = useRef(false);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);
  // A page that is asked for in vain is lost, and what happens last before a database goes is what moves: what stands here is kept until the house answers.
  const refresh = async () => {
    if (isAsking.current) return;
    isAsking.current = true;
    const isThere = await client.fetchQuery({ ...shellQuery, staleTime: ANSWERED_MS, retry: false }).then(() => true, () => false);
    isAsking.current = false;
    if (!isThere || isGone.current) return;
    setAsked({ current, turns });
    setHeld(false);
    places.current = placesOfRows();
    startComing(() => router.refresh());
  };
  const look = useEffectEvent(() => {
    if (!canBeRead(status)) return;
    if (isSomebodyInRows()) setHeld(true);
    else void refresh();
  });
  // Before anybody can press: what was asked for comes a while later, whoever is in the rows by then.
  useLayoutEffect(() => {
    if (isComing || places.current === null) return;
    if ([...places.current].some(isElsewhere)) finger.rowsMade();
    places.current = null;
  }, [isComing]);
  useEffect(() => {
    if (!isWanted) return;
    const first = setTimeout(() => look());
    const timer = setInterval(() => look(), LOOK_AGAIN_MS);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [isWanted]);
  const words = pillWords({ status, isHeld: isHeld && isWanted, hasMoved });
  return words === null ? null : <div className="page-pill"><NewPill onPress={() => void refresh()}>{words}</NewPill></div>;
}
