// The frame of everything that changes: permission, transaction, decision, write, evidence, notification.

import { may, type Permission } from "../domain/permissions.ts";
import type { Actor } from "../domain/roles.ts";
import { prisma, type Transaction } from "../database/database.ts";
import { isDatabaseUnavailable } from "../database/is-database-unavailable.ts";
import { permits } from "../database/whom-to-ask.ts";
import { NotPermitted, OutcomeUnknown, Unavailable } from "../errors.ts";
import { appendToLog, type LogDetail } from "./append-to-log.ts";

export interface Context {
  tx: Transaction;
  actor: Actor;
  now: Date;
  /** For what is no part of the change, such as a figure: done once it is committed, and not at all when it is taken back. Must not throw. */
  afterCommit: (work: () => void) => void;
}

export interface Evidence {
  subject: string;
  agentId?: string | null;
  detail: LogDetail;
  /** When one operation records something beside its own kind. */
  kind?: string;
}

/** For an operation that found everything as asked: nothing was written, so nothing is logged. */
export const NOTHING_CHANGED = "nothing changed";

interface Outcome<Result> {
  result: Result;
  evidence: Evidence | readonly [Evidence, ...Evidence[]] | typeof NOTHING_CHANGED;
}

interface Definition<Input, Result> {
  /** What the log calls it, in the past tense: `change.approved`. */
  kind: string;
  /** A function where it depends on what the input names. */
  needs: Permission | ((tx: Transaction, input: NoInfer<Input>) => Promise<Permission>);
  /** The agent it is about, when the permission is held per agent. */
  agentOf?: (tx: Transaction, input: NoInfer<Input>) => Promise<string | null> | string | null;
  run: (context: Context, input: Input) => Promise<Outcome<Result>>;
}

export type Operation<Input, Result> = (actor: Actor, input: Input, now?: Date) => Promise<Result>;

/**
 * Wraps `run` so that it cannot skip the permission check, the transaction or the evidence.
 * Throws `NotPermitted` before anything is written, `Unavailable` when the database is away, `OutcomeUnknown` when it went away at the end, and the refusals `run` throws.
 */
export function operation<Input, Result>({ kind, needs, agentOf, run }: Definition<Input, Result>): Operation<Input, Result> {
  return async (actor, input, now = new Date()) => {
    let isWritten = false;
    const works: (() => void)[] = [];
    try {
      const result = await prisma().$transaction(
        async (tx) => {
          const agentId = agentOf ? await agentOf(tx, input) : null;
          await requirePermission(tx, actor, typeof needs === "function" ? await needs(tx, input) : needs, agentId, now);
          const { result: done, evidence } = await run({ tx, actor, now, afterCommit: (work) => works.push(work) }, input);
          if (evidence !== NOTHING_CHANGED) await record(tx, kind, actor, evidence, now);
          isWritten = true;
          return done;
        },
        { maxWait: 10_000, timeout: 30_000 },
      );
      for (const work of works) work();
      return result;
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      // What was written may have been committed by a database that could not say so any more.
      if (isWritten) throw new OutcomeUnknown("The database cannot be reached. Whether this was stored is not known; look before you do it again.", { cause: error });
      throw new Unavailable("The database cannot be reached. Nothing was changed; try again in a moment.", { cause: error });
    }
  };
}

/** A person reads whom to ask, as on the page; a machine's key is told no names. */
async function requirePermission(tx: Transaction, actor: Actor, permission: Permission, agentId: string | null, now: Date): Promise<void> {
  const answer = actor.kind === "person" ? (await permits(actor, agentId, { permission }, now, tx)).permission : may(actor, permission, agentId);
  if (!answer.ok) throw new NotPermitted(answer.reason);
}

async function record(tx: Transaction, kind: string, actor: Actor, evidence: Evidence | readonly Evidence[], now: Date): Promise<void> {
  const entries = Array.isArray(evidence) ? (evidence as readonly Evidence[]) : [evidence as Evidence];
  // First, because the log's head is locked from its entry to the end.
  await notify(tx, ...entries.map((entry) => ({ kind: entry.kind ?? kind, subject: entry.subject, agentId: entry.agentId ?? null })));
  await appendToLog(tx, entries.map((entry) => ({ ...entry, kind: entry.kind ?? kind, actor: actorName(actor), at: now })));
}

/** In one statement, however many. Delivered by PostgreSQL when the transaction commits, to every process that listens. */
export async function notify(tx: Transaction, ...events: readonly { kind: string; subject: string; agentId: string | null }[]): Promise<void> {
  if (events.length === 0) return;
  await tx.$executeRaw`SELECT pg_notify('holdpoint', event) FROM unnest(${events.map((event) => JSON.stringify(event))}::text[]) AS event`;
}

export const actorName = (actor: Actor): string => `${actor.kind}:${actor.id}`;
