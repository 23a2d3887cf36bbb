// What happened to a rollout and around its agent while it ran, that may explain a turn of its metrics?

import { pool } from "../database/database.ts";
import { listMarkers } from "./agent-metrics.ts";

/** Beside changes of exposure: what counts as an incident of the agent. */
export const MARKER_KINDS = ["exposure", "stop", "finding", "escaped"] as const;
export type MarkerKind = (typeof MARKER_KINDS)[number];

export interface RolloutMarker {
  at: number;
  kind: MarkerKind;
  /** A share where the exposure changed. */
  label: string;
  /** Of the stop, the finding or the run. */
  id: string | null;
}

const MOST = 50;

interface Incident { at: Date; kind: "finding" | "escaped"; id: string }

/** By time. Of findings and of runs the first 50 each. */
export async function readRolloutMarkers(agentId: string, exposures: readonly { at: Date; exposure: number }[], { from, to }: { from: Date; to: Date }): Promise<RolloutMarker[]> {
  const [others, { rows }] = await Promise.all([
    listMarkers(agentId, from),
    pool().query<Incident>(
      `(SELECT opened_at AS at, 'finding' AS kind, id FROM finding WHERE agent_id = $1 AND opened_at BETWEEN $2 AND $3 ORDER BY opened_at LIMIT ${MOST})
       UNION ALL (SELECT started_at, 'escaped', id FROM run WHERE agent_id = $1 AND started_at BETWEEN $2 AND $3 AND has_escaped_violation ORDER BY started_at LIMIT ${MOST})`,
      [agentId, from, to],
    ),
  ]);
  const stops = others.flatMap(({ at, stopId }): RolloutMarker[] => (stopId !== undefined && at <= to.getTime() ? [{ at, kind: "stop", label: "stop", id: stopId }] : []));
  const incidents = rows.map(({ at, kind, id }): RolloutMarker => ({ at: at.getTime(), kind, label: kind === "finding" ? "unreviewed change" : "forbidden action", id }));
  return [...changesOf(exposures), ...stops, ...incidents].toSorted((a, b) => a.at - b.at);
}

/** An exposure that differs from the one before it. */
const changesOf = (exposures: readonly { at: Date; exposure: number }[]): RolloutMarker[] =>
  exposures.flatMap(({ at, exposure }, index) =>
    exposure === (exposures[index - 1]?.exposure ?? 0) ? [] : [{ at: at.getTime(), kind: "exposure", label: `${Math.round(exposure * 100)} %`, id: null }]);
