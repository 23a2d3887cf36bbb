// Are the options what the command needs?

import { parseArgs } from "node:util";
import type { z } from "zod";
import { Misuse } from "./misuse.ts";

export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Misuse(result.error.issues.map((issue) => `--${issue.path.join(".")}: ${issue.message}`).join("\n"));
}

/** Wrong options become a sentence instead of a stack. */
export function options<Config extends Parameters<typeof parseArgs>[0]>(config: Config): ReturnType<typeof parseArgs<NonNullable<Config>>> {
  try {
    return parseArgs(config as NonNullable<Config>);
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message : "The options are wrong.");
  }
}
