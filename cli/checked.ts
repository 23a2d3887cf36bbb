// Are the options what the command needs?

import { parseArgs } from "node:util";
import type { z } from "zod";
import { Misuse } from "./command.ts";

/** `optionOf` names the option behind a field where they are called differently. */
export function checked<Schema extends z.ZodType>(schema: Schema, value: Record<string, unknown>, optionOf: Readonly<Record<string, string>> = {}): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const sentences = result.error.issues.map(({ path, message }) => {
    const field = String(path[0] ?? "");
    const option = `--${optionOf[field] ?? field}`;
    return value[field] === undefined ? `${option} is needed.` : `${option}: ${message}`;
  });
  throw new Misuse([...new Set(sentences)].join("\n"));
}

/** Wrong options become a sentence instead of a stack. */
export function options<Config extends Parameters<typeof parseArgs>[0]>(config: Config): ReturnType<typeof parseArgs<NonNullable<Config>>> {
  try {
    return parseArgs(config as NonNullable<Config>);
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message : "The options are wrong.");
  }
}
