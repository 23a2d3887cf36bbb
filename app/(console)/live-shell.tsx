"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { AppShell } from "@/components/layout/app-shell.tsx";
import { FingerWatch, useMovesRows } from "@/components/layout/finger-watch.tsx";
import { HouseAnswers } from "@/components/layout/house-answers.ts";
import { Keyboard } from "@/components/layout/keyboard.tsx";
import { useAskingInterval } from "@/components/layout/live-provider.tsx";
import { LiveState } from "@/components/layout/live-state.tsx";
import { OfflineNotice } from "@/components/layout/offline-notice.tsx";
import { shellQuery, type ShellCounts } from "@/components/layout/shell-query.ts";
import { SignedOutNotice } from "@/components/layout/signed-out-notice.tsx";
import { ageWords } from "@/components/layout/stale.tsx";
import { useDataAge } from "@/components/layout/use-data-age.ts";
import { SearchBox } from "@/components/search/search-box.tsx";
import { DialogStop } from "@/components/stops/dialog-stop.tsx";
import { StopBanner } from "@/components/stops/stop-banner.tsx";
import { StopControl } from "@/components/stops/stop-control.tsx";
import { DialogCorner } from "@/components/ui/dialog-corner.ts";

interface LiveShellProps {
  person: { name: string; roles: string };
  environment: string;
  counts: ShellCounts;
  /** When the counts were read, in milliseconds. */
  readAt: number;
  readOnly: ReactNode;
  signOut: ReactNode;
  children: ReactNode;
}

/** What is not known is asked for again soon, whatever the house tells. */
const UNKNOWN_AGAIN_MS = 5_000;
const isWhole = ({ inbox, stops }: ShellCounts): boolean => inbox !== null && stops !== null;

const STOP_OVER_DIALOGS = <DialogStop />;

/** The frame with its counts kept fresh. */
export function LiveShell({ person, environment, counts, readAt, readOnly, signOut, children }: LiveShellProps) {
  const interval = useAskingInterval();
  const { data, dataUpdatedAt, errorUpdatedAt, failureCount } = useQuery({
    ...shellQuery,
    initialData: counts,
    initialDataUpdatedAt: readAt,
    refetchInterval: ({ state }) => (state.data === undefined || isWhole(state.data) ? interval : UNKNOWN_AGAIN_MS),
  });
  const hasFailed = failureCount > 0 || errorUpdatedAt > dataUpdatedAt;
  const ageMs = useDataAge({ readAtMs: dataUpdatedAt, hasFailed });
  const age = ageMs === null ? undefined : ageWords(dataUpdatedAt, ageMs);
  const stopsAgeMs = useDataAge({ readAtMs: dataUpdatedAt, hasFailed, saysStops: true });
  const stopsAge = stopsAgeMs === null ? undefined : ageWords(dataUpdatedAt, stopsAgeMs);
  const { stopNames, stopStates, onCall, ...numbers } = data;
  useMovesRows(`${stopNames.join()}${stopStates.map(({ words }) => words).join()}${stopsAge ?? ""}`);
  return (
    <DialogCorner value={STOP_OVER_DIALOGS}>
      <AppShell
        person={person} environment={environment} counts={numbers} countsAge={age} readOnly={readOnly} onCall={onCall} live={<LiveState />} searchSlot={<SearchBox />} signOut={signOut}
        stopSlot={<StopControl />} stopBarSlot={<StopControl isInBar />} notice={<><SignedOutNotice /><StopBanner stops={data.stops} stopNames={stopNames} stopStates={stopStates} age={stopsAge} /><OfflineNotice /></>}
      >
        <HouseAnswers value={{ answeredAtMs: dataUpdatedAt, hasFailed }}>{children}</HouseAnswers>
        <Keyboard />
        <FingerWatch />
      </AppShell>
    </DialogCorner>
  );
}
