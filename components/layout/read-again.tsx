"use client";

import { useContext, type ReactNode } from "react";
import { HeldRefresh } from "./held-refresh.tsx";
import { HouseAnswers } from "./house-answers.ts";
import { LIST_KINDS, type ListName } from "./list-kinds.ts";
import { useLive } from "./live-provider.tsx";
import { useMoves } from "./moves.ts";
import { ANEW_AFTER_MS, useTurns } from "./page-watch.tsx";
import { Stale } from "./stale.tsx";

/** Where the house tells nothing of what moves. */
const UNTOLD_AFTER_MS = 15_000;

interface ReadAgainProps {
  list: ListName;
  /** When the page was made. */
  readAtMs: number;
  /** Its rows tell what is stopped. */
  saysStops?: boolean | undefined;
  className?: string | undefined;
  children: ReactNode;
}

/** A list as the server read it, read again when the house tells that something of its kinds moved, and each minute as long as it answers; hatched where it could not be. */
export function ReadAgain({ list, readAtMs, saysStops, className, children }: ReadAgainProps) {
  const { answeredAtMs } = useContext(HouseAnswers);
  const { isStreaming } = useLive();
  const turns = useTurns(answeredAtMs, isStreaming ? ANEW_AFTER_MS : UNTOLD_AFTER_MS);
  return (
    <>
      <HeldRefresh madeOf="" current="" turns={turns + useMoves(LIST_KINDS[list])} />
      <Stale readAtMs={readAtMs} saysStops={saysStops} className={className}>{children}</Stale>
    </>
  );
}
