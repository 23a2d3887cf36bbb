// How does an error get from one thread to another? As plain data with its kind by name: classes, codes and causes are lost on the way.

import { BadInput, Conflict, NotFound, NotPermitted, NotPossible, Unavailable } from "../errors.ts";
import { MalformedTelemetry } from "../otlp/malformed-telemetry.ts";

export interface ToldError {
  name: string;
  message: string;
  code: string | null;
  stack: string | null;
  cause: ToldError | null;
}

const DEEPEST_CAUSE = 5;

type Kind = new (message: string, options?: ErrorOptions) => Error;
const KINDS: ReadonlyMap<string, Kind> = new Map([NotPermitted, NotPossible, NotFound, Conflict, BadInput, Unavailable, MalformedTelemetry].map((kind): [string, Kind] => [kind.name, kind]));

export function tellError(error: unknown, depth = 0): ToldError {
  if (!(error instanceof Error)) return { name: "Error", message: `a thrown ${typeof error}`, code: null, stack: null, cause: null };
  const { code } = error as Error & { code?: unknown };
  return {
    name: error.name, message: error.message, code: typeof code === "string" ? code : null, stack: error.stack ?? null,
    cause: error.cause === undefined || depth >= DEEPEST_CAUSE ? null : tellError(error.cause, depth + 1),
  };
}

/** What is asked of it gets the answer that the original would have got. */
export function errorAsTold({ name, message, code, stack, cause }: ToldError): Error {
  const kind = KINDS.get(name) ?? Error;
  const error = new kind(message, cause === null ? {} : { cause: errorAsTold(cause) });
  if (error.name !== name) error.name = name;
  if (stack !== null) error.stack = stack;
  return code === null ? error : Object.assign(error, { code });
}
