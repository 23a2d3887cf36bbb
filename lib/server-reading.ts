// How does a page ask about something that is being typed? Session, origin, permission and parsing; nothing is changed, so nothing on the page is read anew.

import type { z } from "zod";
import { findSignedIn, isSameOrigin } from "./auth/session.ts";
import { may, type Permission } from "./domain/permissions.ts";
import type { PersonActor } from "./domain/roles.ts";
import { refusalSentence } from "./server-action.ts";

export type Reading<Result> = { ok: true; value: Result } | { ok: false; message: string };

/** For what is too long for an address; short questions go through a console route. `agentId` of the input is what the permission is asked for. */
export function serverReading<Schema extends z.ZodType<{ agentId: string }>, Result>(
  needs: Permission, schema: Schema, read: (input: z.output<Schema>, actor: PersonActor) => Promise<Result>,
): (input: z.input<Schema>) => Promise<Reading<Result>> {
  return async (input) => {
    const actor = await findSignedIn();
    if (!actor) return { ok: false, message: "You are signed out. Sign in again in another window; what you typed is still here." };
    if (!(await isSameOrigin())) return { ok: false, message: "This request did not come from this console." };
    const parsed = schema.safeParse(input);
    if (!parsed.success) return { ok: false, message: parsed.error.issues[0]?.message ?? "This cannot be read." };
    const answer = may(actor, needs, parsed.data.agentId);
    if (!answer.ok) return { ok: false, message: answer.reason };
    try {
      return { ok: true, value: await read(parsed.data, actor) };
    } catch (error) {
      return { ok: false, message: refusalSentence(error) };
    }
  };
}
