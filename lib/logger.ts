// What does the process say about itself? Structured lines, with secrets cut out wherever they might stand.

import pino from "pino";
import { env } from "./env.ts";

const shared = globalThis as typeof globalThis & { holdpointLogger?: pino.Logger };

const REDACTED = ["authorization", "cookie", "password", "secret", "token", "*.authorization", "*.cookie", "*.password", "*.secret", "*.token", "*.passwordHash"];

function create(): pino.Logger {
  return pino({ level: env().logLevel, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime, redact: REDACTED });
}

export const logger = (): pino.Logger => (shared.holdpointLogger ??= create());

/** What may be written of an error: its kind, code and stack, never a query's values or a request's body. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const { code } = error as Error & { code?: unknown };
  const frames = error.stack?.split("\n").filter((line) => line.trimStart().startsWith("at ")).slice(0, 12).join("\n");
  return { kind: error.name, code: typeof code === "string" ? code : undefined, message: error.message.slice(0, 500), stack: frames };
}
