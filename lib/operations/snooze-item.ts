// What does a person put off in their own inbox, and when is it back?

import { z } from "zod";
import { prisma } from "../database/database.ts";
import { subjectOfKey } from "../domain/item-key.ts";
import { snoozeAnswer, SNOOZES } from "../domain/snooze.ts";
import { NotPermitted, NotPossible } from "../errors.ts";
import { lockItem, triageOf } from "./named-item.ts";
import { NOTHING_CHANGED, notify, operation, type Context } from "./operation.ts";
import { itemSchema, type NamedItem } from "./take-item.ts";

export const snoozeSchema = itemSchema.extend({ snooze: z.enum(SNOOZES) });

/** Nobody else's inbox is concerned. Returns until when. */
export const snoozeItem = operation({
  kind: "item.snoozed",
  ...triageOf,
  run: async (context: Context, input: z.infer<typeof snoozeSchema>) => {
    const { item, snooze } = snoozeSchema.parse(input);
    const { person, agentId, seenAs, ...waiting } = await lockItem(context, item);
    const answer = snoozeAnswer(waiting, context.now);
    if (!answer.ok) throw new NotPossible(answer.reason);
    const until = answer.choices.find((choice) => choice.snooze === snooze)?.until;
    if (until === undefined) throw new NotPossible("It ends too soon to be snoozed for so long.");
    const personId = person.id;
    await context.tx.itemSnooze.upsert({ where: { personId_item: { personId, item } }, create: { personId, item, seenAs, until }, update: { seenAs, until } });
    return { result: { until }, evidence: { subject: subjectOfKey(item), agentId, detail: { item, until: until.toISOString() } } };
  },
});

/** Before its time; also what waits no longer. */
export const wakeItem = operation({
  kind: "item.woken",
  ...triageOf,
  run: async ({ tx, actor }: Context, input: NamedItem) => {
    const { item } = itemSchema.parse(input);
    if (actor.kind !== "person") throw new NotPermitted("Only a person sorts what waits.");
    const { count } = await tx.itemSnooze.deleteMany({ where: { personId: actor.id, item } });
    const evidence = count === 0 ? NOTHING_CHANGED : { subject: subjectOfKey(item), agentId: await triageOf.agentOf(tx, { item }), detail: { item } };
    return { result: undefined, evidence };
  },
});

/** Whose time is over are needed by nothing any more; open pages are told that there is something to see again. Returns how many there were. */
export async function forgetSnoozes(now: Date): Promise<number> {
  return prisma().$transaction(async (tx) => {
    const over = await tx.$queryRaw<{ item: string }[]>`DELETE FROM item_snooze WHERE until <= ${now} RETURNING item`;
    await notify(tx, ...[...new Set(over.map(({ item }) => item))].map((item) => ({ kind: "item.back", subject: subjectOfKey(item), agentId: null })));
    return over.length;
  });
}
