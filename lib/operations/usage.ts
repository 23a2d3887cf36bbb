// How often was this agent's gate asked, and how much was spent? Counted in the database, under a lock, so that a limit holds across processes.

import type { Transaction } from "../database/database.ts";
import type { Amount } from "../domain/amount-of.ts";
import type { PolicyFacts } from "../policy/policy-facts.ts";

/** What of a call is counted. */
export interface CountedCall {
  conversationId: string;
  tool: string;
  onBehalfOf: string | null;
  amount: Amount | null;
}

const SCOPES = ["run", "run_tool", "day", "day_tool", "day_user", "minute", "spent_day"] as const;
export type Scope = (typeof SCOPES)[number];

interface Count {
  calls: bigint;
  amountMinor: bigint;
}

const idOf = (scope: Scope, key: string): string => `${scope} ${key}`;

function keysOf({ conversationId, tool, onBehalfOf, amount }: CountedCall, now: Date): Partial<Record<Scope, string>> {
  const minute = now.toISOString().slice(0, 16);
  const day = minute.slice(0, 10);
  return {
    ...(conversationId === "" ? {} : { run: conversationId, run_tool: JSON.stringify([conversationId, tool]) }),
    day, day_tool: JSON.stringify([day, tool]), minute,
    ...(onBehalfOf === null ? {} : { day_user: JSON.stringify([day, onBehalfOf]) }),
    ...(amount === null ? {} : { spent_day: JSON.stringify([day, amount.currency]) }),
  };
}

export interface AskedCounter {
  scope: Scope;
  key: string;
}

/** What has to be read before these calls can be decided; each counter once. */
export function countersOf(calls: readonly CountedCall[], now: Date): AskedCounter[] {
  return [...new Map(calls.flatMap((call) => (Object.entries(keysOf(call, now)) as [Scope, string][]).map(([scope, key]) => [idOf(scope, key), { scope, key }]))).values()];
}

interface CounterRow extends AskedCounter {
  calls: bigint;
  amountMinor: bigint;
}

const COUNTED = ["callsInRun", "callsOfToolInRun", "callsToday", "callsOfToolToday", "callsForUserToday", "callsThisMinute", "spentTodayMinor", "amountMinor"] as const;
type CountedFacts = Pick<PolicyFacts, (typeof COUNTED)[number]>;

/** As it stood when a call was decided, which by now is counted itself. */
export const countedThen = (facts: PolicyFacts): Pick<Usage, "factsFor"> => ({ factsFor: () => Object.fromEntries(COUNTED.map((name) => [name, facts[name]])) as unknown as CountedFacts });

/** Whoever holds it in a transaction decides for this agent, and nobody else. */
export const lockNameOf = (agentId: string): string => `usage ${agentId}`;

/** The counters of one agent, as they were when they were locked and as this transaction counts on. */
export class Usage {
  readonly #agentId: string;
  readonly #counts: Map<string, Count>;
  readonly #added = new Map<string, Count & { scope: Scope; key: string }>();

  constructor(agentId: string, rows: readonly CounterRow[]) {
    this.#agentId = agentId;
    this.#counts = new Map(rows.map(({ scope, key, calls, amountMinor }) => [idOf(scope, key), { calls, amountMinor }]));
  }

  factsFor(call: CountedCall, now: Date): CountedFacts {
    const keys = keysOf(call, now);
    const calls = (scope: Scope): number | undefined => (keys[scope] === undefined ? undefined : Number(this.#counts.get(idOf(scope, keys[scope]))?.calls ?? 0n));
    const spent = keys.spent_day === undefined ? undefined : Number(this.#counts.get(idOf("spent_day", keys.spent_day))?.amountMinor ?? 0n);
    return {
      callsInRun: calls("run") ?? 0, callsOfToolInRun: calls("run_tool"), callsToday: calls("day"), callsOfToolToday: calls("day_tool"), callsForUserToday: calls("day_user"),
      callsThisMinute: calls("minute"), spentTodayMinor: spent, amountMinor: call.amount === null ? undefined : Number(call.amount.minor),
    };
  }

  /** Of a call that may go ahead. */
  add(call: CountedCall, now: Date): void {
    for (const [scope, key] of Object.entries(keysOf(call, now)) as [Scope, string][]) {
      const [id, minor] = [idOf(scope, key), call.amount?.minor ?? 0n];
      const before = this.#counts.get(id) ?? { calls: 0n, amountMinor: 0n };
      this.#counts.set(id, { calls: before.calls + 1n, amountMinor: before.amountMinor + minor });
      const added = this.#added.get(id) ?? { scope, key, calls: 0n, amountMinor: 0n };
      this.#added.set(id, { ...added, calls: added.calls + 1n, amountMinor: added.amountMinor + minor });
    }
  }

  /** What was counted since it was last taken, for whoever stores it. */
  takeAdded(): (CounterRow & { agentId: string })[] {
    const added = [...this.#added.values()].toSorted((a, b) => (idOf(a.scope, a.key) < idOf(b.scope, b.key) ? -1 : 1));
    this.#added.clear();
    return added.map((one) => ({ agentId: this.#agentId, ...one }));
  }

  async store(tx: Transaction, now: Date): Promise<void> {
    const added = this.takeAdded();
    if (added.length === 0) return;
    await tx.$executeRaw`INSERT INTO usage_counter (agent_id, scope, key, calls, amount_minor, counted_at)
      SELECT ${this.#agentId}, scope, key, calls, amount_minor, ${now} FROM unnest(${added.map(({ scope }) => scope)}::text[], ${added.map(({ key }) => key)}::text[],
        ${added.map(({ calls }) => String(calls))}::bigint[], ${added.map(({ amountMinor }) => String(amountMinor))}::bigint[]) AS given(scope, key, calls, amount_minor)
      ON CONFLICT (agent_id, scope, key) DO UPDATE SET calls = usage_counter.calls + EXCLUDED.calls, amount_minor = usage_counter.amount_minor + EXCLUDED.amount_minor, counted_at = EXCLUDED.counted_at`;
  }
}

/** Whoever decides for the same agent waits until this transaction ends. Lock several agents in the order of their ids. */
export async function lockUsage(tx: Transaction, agentId: string, calls: readonly CountedCall[], now: Date): Promise<Usage> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${lockNameOf(agentId)}, 0))`;
  const wanted = countersOf(calls, now);
  const rows = await tx.$queryRaw<{ scope: Scope; key: string; calls: bigint; amount_minor: bigint }[]>`
    SELECT c.scope, c.key, c.calls, c.amount_minor FROM unnest(${wanted.map(({ scope }) => scope)}::text[], ${wanted.map(({ key }) => key)}::text[]) AS asked(scope, key)
    JOIN usage_counter c ON c.agent_id = ${agentId} AND c.scope = asked.scope AND c.key = asked.key`;
  return new Usage(agentId, rows.map(({ amount_minor: amountMinor, ...row }) => ({ ...row, amountMinor })));
}
