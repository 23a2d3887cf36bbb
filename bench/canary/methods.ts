// Who judges the same rollouts? Our judge and its peers, each with the line it draws by its own documentation.

import { argoDocumented, argoHalfMore, argoScaled } from "./argo-windows.ts";
import { confidenceSequence } from "./confidence-sequence.ts";
import type { Highs } from "./highs.ts";
import { kayenta } from "./kayenta.ts";
import type { Look } from "./looks.ts";
import { KAYENTA_LINE } from "./mann-whitney.ts";
import { judgedRollout, LOG_HOLD } from "./judged-rollout.ts";
import type { Rollout } from "./simulate.ts";
import { zPeeking } from "./z-peeking.ts";

export interface Method {
  name: string;
  line: number;
  /** Counts a limit, so that there is no line to move. */
  isFixed?: boolean;
  /** Of every so many rollouts only: the judge is the dearest of all. */
  every?: number;
  run: (rollout: Rollout, looks: readonly Look[]) => Highs;
}

export const OURS = "ours";
export const STRATIFIED = "z within stages";
export const SEQUENCE_1000 = "GrowthBook 1:1 N*=1000";
export const SEQUENCE_5000 = "GrowthBook 1:1 N*=5000";
export const KAYENTA = "Kayenta repeated";
const ONE_SIDED_5_PERCENT = 1.645;

export const METHODS: readonly Method[] = [
  { name: OURS, line: LOG_HOLD, run: (rollout) => judgedRollout(rollout, true, true).highs },
  { name: "ours, no restarts (a fourth)", line: LOG_HOLD, every: 4, run: (rollout) => judgedRollout(rollout, false, true).highs },
  { name: SEQUENCE_5000, line: 1, run: (_rollout, looks) => confidenceSequence(looks, "paired", 5_000) },
  { name: SEQUENCE_1000, line: 1, run: (_rollout, looks) => confidenceSequence(looks, "paired", 1_000) },
  { name: "GrowthBook pooled N*=5000", line: 1, run: (_rollout, looks) => confidenceSequence(looks, "all", 5_000) },
  { name: STRATIFIED, line: ONE_SIDED_5_PERCENT, run: (_rollout, looks) => zPeeking(looks, "stratified") },
  { name: "z 1:1", line: ONE_SIDED_5_PERCENT, run: (_rollout, looks) => zPeeking(looks, "paired") },
  { name: "z pooled", line: ONE_SIDED_5_PERCENT, run: (_rollout, looks) => zPeeking(looks, "pooled") },
  { name: KAYENTA, line: KAYENTA_LINE, run: kayenta },
  { name: "Argo 3-sd windows", line: 3, run: argoScaled },
  { name: "Argo +50 %, limit 0", line: 1, isFixed: true, run: (rollout) => argoHalfMore(rollout, 0) },
  { name: "Argo +50 %, limit 3", line: 1, isFixed: true, run: (rollout) => argoHalfMore(rollout, 3) },
  { name: "Argo example, 5 % errors", line: 1, isFixed: true, run: argoDocumented },
];
