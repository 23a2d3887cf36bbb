// Which HTTP answer does a refusal or a fault become?

import { randomUUID } from "node:crypto";
import { z } from "zod";
import { BadInput, Conflict, NotFound, NotPermitted, NotPossible, Unavailable } from "../errors.ts";
import { describeError, logger } from "../logger.ts";
import { MalformedTelemetry } from "../otlp/malformed-telemetry.ts";
import { isStorageUnavailable } from "../queries/readiness.ts";
import { HttpRefusal } from "./http-refusal.ts";

export interface RefusalAnswer {
  status: number;
  code: string;
  message: string;
  headers: Readonly<Record<string, string>>;
  fields?: { path: string; message: string }[];
  /** Under which a fault is found in the log. */
  id?: string;
}

const KINDS: readonly (readonly [new (message: string) => Error, number, string])[] = [
  [NotPermitted, 403, "not_permitted"],
  [NotFound, 404, "not_found"],
  [Conflict, 409, "conflict"],
  [NotPossible, 422, "not_possible"],
  [BadInput, 400, "bad_input"],
  [MalformedTelemetry, 400, "malformed_telemetry"],
];

/** A bug is told as an id and nothing else; what is known of it goes to the log under that id. */
export function refusalAnswer(error: unknown, requestId: string): RefusalAnswer {
  if (error instanceof HttpRefusal) return { status: error.status, code: error.code, message: error.message, headers: error.headers };
  if (error instanceof z.ZodError) {
    const fields = error.issues.slice(0, 100).map((issue) => ({ path: issue.path.join("."), message: issue.message }));
    const [first] = fields;
    const where = first?.path ? `${first.path}: ` : "";
    return { status: 400, code: "bad_input", message: `The request is not as it must be. ${where}${first?.message ?? ""}`.trim(), headers: {}, fields };
  }
  for (const [kind, status, code] of KINDS) if (error instanceof kind) return { status, code, message: error.message, headers: {} };
  if (error instanceof Unavailable || isStorageUnavailable(error)) {
    logger().warn({ requestId, ...describeError(error) }, "the database is away");
    const message = error instanceof Unavailable ? error.message : "The database cannot be reached. Nothing was lost; try again in a moment.";
    return { status: 503, code: "unavailable", message, headers: { "retry-after": "2" } };
  }
  const id = randomUUID();
  logger().error({ requestId, faultId: id, ...describeError(error) }, "a fault in the agent API");
  return { status: 500, code: "fault", message: `Something went wrong here. It is in Holdpoint's log under ${id}.`, headers: {}, id };
}
