// How does a page work that must stand when nothing else does? Plain HTML, a plain form: no script, no stylesheet to fetch, no frame.

import type { z } from "zod";
import { findSignedIn, isSameOrigin } from "./auth/session.ts";
import { may, type Permission } from "./domain/permissions.ts";
import type { PersonActor } from "./domain/roles.ts";
import { databaseNow } from "./database/database-now.ts";
import { isDatabaseUnavailable } from "./database/is-database-unavailable.ts";
import { Conflict, isRefusal, NotFound, NotPermitted, OutcomeUnknown, Unavailable } from "./errors.ts";
import { paths } from "./paths.ts";
import { readForm, refusalSentence } from "./server-action.ts";

export interface PlainCall {
  actor: PersonActor;
  search: URLSearchParams;
  /** By PostgreSQL's clock. */
  now: Date;
}

/** Renders the page on which something was refused. Must need nothing that could be refused as well. */
type Explain = (refusal: { message: string; form: FormData | null; isOutcomeKnown: boolean }) => string;

const page = (markup: string, status = 200): Response =>
  new Response(markup, { status, headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" } });

const goTo = (location: string): Response => new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });

function statusOf(error: unknown): number {
  if (error instanceof NotPermitted) return 403;
  if (error instanceof NotFound) return 404;
  if (error instanceof OutcomeUnknown) return 504;
  if (error instanceof Unavailable || isDatabaseUnavailable(error)) return 503;
  return error instanceof Conflict ? 409 : isRefusal(error) ? 422 : 500;
}

function explained(error: unknown, explain: Explain, form: FormData | null): Response {
  // What was found out about the outcome is in the sentence of `Unavailable`.
  const message = isDatabaseUnavailable(error) && !(error instanceof Unavailable) ? "The database cannot be reached." : refusalSentence(error);
  return page(explain({ message, form, isOutcomeKnown: !(error instanceof OutcomeUnknown) }), statusOf(error));
}

/** Wraps what is shown as `GET`. Strangers go to the sign-in page and come back. */
export function plainPage(needs: Permission, explain: Explain, show: (call: PlainCall) => Promise<string>) {
  return async (request: Request): Promise<Response> => {
    try {
      const { pathname, search, searchParams } = new URL(request.url);
      const actor = await findSignedIn();
      if (!actor) return goTo(paths.signIn(pathname + search));
      const answer = may(actor, needs);
      if (!answer.ok) throw new NotPermitted(answer.reason);
      return page(await show({ actor, search: searchParams, now: await databaseNow() }));
    } catch (error) {
      return explained(error, explain, null);
    }
  };
}

/** Wraps an operation as `POST`, as `serverAction` does: session, origin, parsing, then what `run` asks. Returns where to look at the result. */
export function plainForm<Schema extends z.ZodType>(
  schema: Schema, explain: Explain, run: (actor: PersonActor, input: z.output<Schema>) => Promise<string>,
) {
  return async (request: Request): Promise<Response> => {
    let form: FormData | null = null;
    try {
      const actor = await findSignedIn();
      if (!actor) return goTo(paths.signIn(new URL(request.url).pathname));
      if (!(await isSameOrigin())) throw new NotPermitted("This request did not come from this console.");
      form = await request.formData().catch(() => new FormData());
      const parsed = schema.safeParse(readForm(form));
      if (!parsed.success) return page(explain({ message: parsed.error.issues[0]?.message ?? "Something is missing.", form, isOutcomeKnown: true }), 422);
      return goTo(await run(actor, parsed.data));
    } catch (error) {
      return explained(error, explain, form);
    }
  };
}
