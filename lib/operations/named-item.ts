// Who may note something on an item of the inbox, and does it still wait?

import type { Transaction } from "../database/database.ts";
import { findWaitingItem, type WaitingItem } from "../database/waiting-item.ts";
import type { Permission } from "../domain/permissions.ts";
import type { PersonActor } from "../domain/roles.ts";
import { Conflict, NotFound, NotPermitted } from "../errors.ts";
import type { Context } from "./operation.ts";

interface Named {
  item: string;
}

const agentOf = async (tx: Transaction, { item }: Named): Promise<string | null> => (await findWaitingItem(tx, item, new Date()))?.agentId ?? null;

/** For each operation on one item: its agent's people, and of what is the house's any agent's. */
export const triageOf = {
  agentOf,
  needs: async (tx: Transaction, named: Named): Promise<Permission> => ((await agentOf(tx, named)) === null ? "review_policy:triage" : "item:triage"),
};

/** Whether it still waits or not. */
export async function knownItem({ tx, actor, now }: Context, key: string): Promise<WaitingItem & { person: PersonActor }> {
  if (actor.kind !== "person") throw new NotPermitted("Only a person sorts what waits.");
  const item = await findWaitingItem(tx, key, now);
  if (!item) throw new NotFound("There is no such item.");
  return { ...item, person: actor };
}

/** What waits; locked, so that two who reach for it at once know of each other. */
export async function lockItem(context: Context, key: string): ReturnType<typeof knownItem> {
  await context.tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('holdpoint item'), hashtext(${key}))`;
  const item = await knownItem(context, key);
  if (!item.waits) throw new Conflict("It waits no longer.");
  return item;
}
