// Which drills were there, and how did each go?

import { prisma } from "../database/database.ts";
import { loadRehearsedPoints } from "../database/rehearsal-points.ts";
import { judgeRehearsal } from "../domain/judge-rehearsal.ts";
import { isStopScope, stopName, type StopScope } from "../domain/stop-scope.ts";
import { rehearsalDetailSchema } from "./stop-path.ts";

export interface DrillRow {
  id: string;
  scope: StopScope;
  target: string;
  /** As an object in a sentence. */
  name: string;
  startedBy: string;
  startedAt: Date;
  /** Null while it runs. */
  endedAt: Date | null;
  isProven: boolean | null;
  expected: number;
  answered: number;
  medianMs: number | null;
  p99Ms: number | null;
  worstMs: number | null;
  /** What failed; empty when nothing did. */
  sentence: string;
}

type Stored = NonNullable<Awaited<ReturnType<ReturnType<typeof prisma>["rehearsal"]["findFirst"]>>>;

async function asRow({ scope, ...drill }: Stored, now: Date): Promise<DrillRow[]> {
  if (!isStopScope(scope)) return [];
  const version = scope === "version" ? await prisma().agentVersion.findUnique({ where: { id: drill.target }, select: { agentId: true, number: true } }) : null;
  const row = {
    id: drill.id, scope, target: drill.target, name: stopName({ scope, target: drill.target }, version), startedBy: drill.startedBy, startedAt: drill.startedAt, endedAt: drill.endedAt,
    isProven: drill.isProven, sentence: rehearsalDetailSchema.parse(drill.detail).sentence,
  };
  if (drill.endedAt !== null) return [{ ...row, expected: drill.expected, answered: drill.answered, medianMs: drill.medianMs, p99Ms: drill.p99Ms, worstMs: drill.worstMs }];
  const { expected, answered, medianMs, p99Ms, worstMs } = judgeRehearsal(await loadRehearsedPoints(prisma(), { id: drill.id, kind: drill.kind, scope, target: drill.target, startedAt: drill.startedAt }, now));
  return [{ ...row, expected, answered, medianMs, p99Ms, worstMs }];
}

/** Null when there is none. */
export async function findRehearsal(rehearsalId: string, now: Date): Promise<DrillRow | null> {
  const stored = await prisma().rehearsal.findFirst({ where: { id: rehearsalId, kind: "drill" } });
  return stored ? ((await asRow(stored, now))[0] ?? null) : null;
}

const MOST = 20;

/** The newest first. */
export async function listDrills(now: Date): Promise<DrillRow[]> {
  const stored = await prisma().rehearsal.findMany({ where: { kind: "drill" }, orderBy: { startedAt: "desc" }, take: MOST });
  return (await Promise.all(stored.map((drill) => asRow(drill, now)))).flat();
}
