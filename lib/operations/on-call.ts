// What can be done about the on-call: hand it over.

import { onCallPerson, ON_CALL_KEY } from "../database/on-call-person.ts";
import { loadPersonActors } from "../database/person-actors.ts";
import { handOverSchema, mayBeOnCall, type HandOver } from "../domain/on-call.ts";
import { Conflict, NotPossible } from "../errors.ts";
import { NOTHING_CHANGED, operation, type Context } from "./operation.ts";

/** From whom whoever hands over thinks it is: two who do so at once would otherwise not know of each other. */
export const handOverOnCall = operation({
  kind: "on_call.handed_over",
  needs: "on_call:hand_over",
  run: async ({ tx, now }: Context, input: HandOver) => {
    const { personId, fromId } = handOverSchema.parse(input);
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('holdpoint on call'))`;
    const before = await onCallPerson(tx);
    if ((before?.personId ?? null) === personId) return { result: undefined, evidence: NOTHING_CHANGED };
    if ((before?.personId ?? null) !== fromId) throw new Conflict("Somebody handed the on-call over meanwhile. Look who has it now.");
    if (personId === null) await tx.setting.delete({ where: { key: ON_CALL_KEY } });
    else {
      const [person] = await loadPersonActors(tx, [personId], now);
      if (!person || !mayBeOnCall(person.actor)) throw new NotPossible("Only somebody who can sign in and may stop every agent can be on call.");
      const value = { personId, since: now.toISOString() };
      await tx.setting.upsert({ where: { key: ON_CALL_KEY }, create: { key: ON_CALL_KEY, value }, update: { value } });
    }
    return { result: undefined, evidence: { subject: "on_call", detail: { from: before?.personId ?? null, to: personId } } };
  },
});
