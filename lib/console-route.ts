// How does an open page ask again? JSON by session cookie, with the permission named beside the query.

import { randomUUID } from "node:crypto";
import { findSignedIn } from "./auth/session.ts";
import { may, type Permission } from "./domain/permissions.ts";
import type { PersonActor } from "./domain/roles.ts";
import { databaseNow } from "./database/database-now.ts";
import { isDatabaseUnavailable } from "./database/is-database-unavailable.ts";
import { isRefusal, NotPermitted, statusOfRefusal } from "./errors.ts";
import { describeError, logger } from "./logger.ts";

type Parameters = Record<string, string>;

/** Wraps a query as `GET`. `now` is by PostgreSQL's clock. Never cached; refusals carry their sentence, other errors only an id. A `Response`, such as a stream, passes as it is. */
export function consoleRoute<Result>(
  needs: Permission, read: (input: { actor: PersonActor; parameters: Parameters; search: URLSearchParams; now: Date }) => Promise<Result>,
) {
  return async (request: Request, context: { params: Promise<Parameters | undefined> }): Promise<Response> => {
    const headers = { "cache-control": "no-store" };
    try {
      const actor = await findSignedIn();
      if (!actor) return Response.json({ error: "You are signed out." }, { status: 401, headers });
      // Next passes none to a route whose address has none.
      const parameters = (await context.params) ?? {};
      const answer = may(actor, needs, parameters.agentId ?? null);
      if (!answer.ok) throw new NotPermitted(answer.reason);
      const result = await read({ actor, parameters, search: new URL(request.url).searchParams, now: await databaseNow() });
      return result instanceof Response ? result : Response.json(result, { headers });
    } catch (error) {
      if (isRefusal(error)) return Response.json({ error: error.message }, { status: statusOfRefusal(error), headers });
      if (isDatabaseUnavailable(error)) return Response.json({ error: "The database cannot be reached." }, { status: 503, headers: { ...headers, "retry-after": "2" } });
      const id = randomUUID().slice(0, 8);
      logger().error({ errorId: id, ...describeError(error) }, "a console query failed");
      return Response.json({ error: `Something went wrong on our side. It was recorded as ${id}.` }, { status: 500, headers });
    }
  };
}
