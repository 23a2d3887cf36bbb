// What does somebody say of an item of the inbox?

import { z } from "zod";
import { subjectOfKey } from "../domain/item-key.ts";
import { newId } from "../new-id.ts";
import { digestForLog } from "./append-to-log.ts";
import { knownItem, triageOf } from "./named-item.ts";
import { operation, type Context } from "./operation.ts";
import { itemSchema } from "./take-item.ts";

export const commentSchema = itemSchema.extend({ text: z.string("Write something.").trim().min(1, "Write something.").max(2_000, "At most 2,000 characters.") });

/** Also of what waits no longer. The log keeps what commits to the text, and not the text. */
export const commentOnItem = operation({
  kind: "item.commented",
  ...triageOf,
  run: async (context: Context, input: z.input<typeof commentSchema>) => {
    const { item, text } = commentSchema.parse(input);
    const { person, agentId } = await knownItem(context, item);
    const [commentId, subject] = [newId("cm"), subjectOfKey(item)];
    await context.tx.itemComment.create({ data: { id: commentId, subject, personId: person.id, personName: person.name, text, at: context.now } });
    return { result: { commentId }, evidence: { subject, agentId, detail: { commentId, textSha256: digestForLog(text) } } };
  },
});
