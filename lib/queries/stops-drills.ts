// What does a page show of a rehearsal? The row, as it travels to a browser that asks again while it runs.

import { findRehearsal, listDrills, type DrillRow } from "./rehearsals.ts";

export type ShownDrill = Pick<DrillRow, "id" | "name" | "startedBy" | "isProven" | "expected" | "answered" | "medianMs" | "p99Ms" | "worstMs" | "sentence"> & { startedAt: string; endedAt: string | null };

const shown = ({ id, name, startedBy, isProven, expected, answered, medianMs, p99Ms, worstMs, sentence, startedAt, endedAt }: DrillRow): ShownDrill => ({
  id, name, startedBy, isProven, expected, answered, medianMs, p99Ms, worstMs, sentence, startedAt: startedAt.toISOString(), endedAt: endedAt?.toISOString() ?? null,
});

/** The newest first. */
export const listShownDrills = async (now: Date): Promise<ShownDrill[]> => (await listDrills(now)).map(shown);

/** Null when there is none. */
export async function findShownDrill(rehearsalId: string, now: Date): Promise<ShownDrill | null> {
  const drill = await findRehearsal(rehearsalId, now);
  return drill && shown(drill);
}
