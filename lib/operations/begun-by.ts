// Which attempt began this action? The log says so: whoever asks again because the answer was lost is told from everybody else.

import { z } from "zod";
import type { Transaction } from "../database/database.ts";
import { digestForLog, type LogDetail } from "./append-to-log.ts";

const begun = z.object({ detail: z.object({ attempt: z.string() }) });

/** The attempt itself is known to nobody but whoever makes it. */
export const attemptForLog = (attempt: string | null): LogDetail => (attempt === null ? {} : { attempt: digestForLog(attempt) });

/** An action is begun once, in one entry. False for what was begun without an attempt, too. */
export async function isBegunBy(tx: Transaction, actionId: string, attempt: string | null): Promise<boolean> {
  if (attempt === null) return false;
  const entry = await tx.logEntry.findFirst({ where: { subject: actionId, kind: "action.started" }, select: { body: true } });
  return entry !== null && begun.safeParse(JSON.parse(entry.body)).data?.detail.attempt === digestForLog(attempt);
}
