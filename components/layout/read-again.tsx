"use client";

import { useContext, type ReactNode } from "react";
import { HeldRefresh } from "./held-refresh.tsx";
import { HouseAnswers } from "./house-answers.ts";
import { useMinutes } from "./page-watch.tsx";
import { Stale } from "./stale.tsx";

/** A list as the server read it, read again each minute as long as the house answers; hatched where it could not be. `readAtMs`: when the page was made. `saysStops`: its rows tell what is stopped. */
export function ReadAgain({ readAtMs, saysStops, className, children }: { readAtMs: number; saysStops?: boolean | undefined; className?: string | undefined; children: ReactNode }) {
  const { answeredAtMs } = useContext(HouseAnswers);
  return (
    <>
      <HeldRefresh madeOf="" current="" turns={useMinutes(answeredAtMs)} />
      <Stale readAtMs={readAtMs} saysStops={saysStops} className={className}>{children}</Stale>
    </>
  );
}
