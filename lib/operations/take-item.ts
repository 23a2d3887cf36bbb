// Who has an item of the inbox? Somebody takes it, or gives it back.

import { z } from "zod";
import { itemKey, subjectOfKey } from "../domain/item-key.ts";
import { Conflict } from "../errors.ts";
import { lockItem, triageOf } from "./named-item.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";

export const itemSchema = z.object({ item: itemKey });
export type NamedItem = z.infer<typeof itemSchema>;

/** `fromId`: who has it as far as whoever takes it knows; null: nobody. */
export const takingSchema = itemSchema.extend({ fromId: z.string().max(100).nullable().default(null) });

const readHolder = ({ tx }: Context, item: string) => tx.itemAssignee.findUnique({ where: { item }, select: { personId: true, person: { select: { name: true } } } });

/** What somebody has can be taken over, by whoever knows that somebody has it. It gives nobody a say in the matter. */
export const takeItem = operation({
  kind: "item.taken",
  ...triageOf,
  run: async (context: Context, input: z.input<typeof takingSchema>) => {
    const { item, fromId } = takingSchema.parse(input);
    const { person, agentId } = await lockItem(context, item);
    const holder = await readHolder(context, item);
    if (holder?.personId === person.id) return { result: undefined, evidence: NOTHING_CHANGED };
    if (holder !== null && holder.personId !== fromId) throw new Conflict(`${holder.person.name} took it meanwhile. Take it over if you mean to.`);
    const taken = { personId: person.id, since: context.now };
    await context.tx.itemAssignee.upsert({ where: { item }, create: { item, ...taken }, update: taken });
    return { result: undefined, evidence: { subject: subjectOfKey(item), agentId, detail: { item, from: holder?.personId ?? null, to: person.id } } };
  },
});

/** Only what one has. */
export const giveItemBack = operation({
  kind: "item.given_back",
  ...triageOf,
  run: async (context: Context, input: NamedItem) => {
    const { item } = itemSchema.parse(input);
    const { person, agentId } = await lockItem(context, item);
    const holder = await readHolder(context, item);
    if (holder === null) return { result: undefined, evidence: NOTHING_CHANGED };
    if (holder.personId !== person.id) throw new Conflict(`${holder.person.name} has it by now.`);
    await context.tx.itemAssignee.delete({ where: { item } });
    return { result: undefined, evidence: { subject: subjectOfKey(item), agentId, detail: { item } } };
  },
});
