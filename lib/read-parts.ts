// How does one part of a page fail without taking the others along?

import { randomUUID } from "node:crypto";
import { describeError, logger } from "./logger.ts";

/** `reference`: under which the log holds the cause. */
export type Part<Value> = { ok: true; value: Value } | { ok: false; reference: string };

type Parts<Reads> = { [Key in keyof Reads]: Part<Awaited<Reads[Key]>> };

/** Reads side by side. Never throws: what the page cannot do without is read before, and fails it as a whole. */
export async function readParts<Reads extends Record<string, Promise<unknown>>>(reads: Reads): Promise<Parts<Reads>> {
  const parts = await Promise.all(Object.entries(reads).map(async ([name, read]) => [name, await readPart(name, read)] as const));
  return Object.fromEntries(parts) as Parts<Reads>;
}

async function readPart<Value>(name: string, read: Promise<Value>): Promise<Part<Value>> {
  try {
    return { ok: true, value: await read };
  } catch (error) {
    const reference = randomUUID().slice(0, 8);
    logger().error({ errorId: reference, part: name, ...describeError(error) }, "a part of a page could not be read");
    return { ok: false, reference };
  }
}

/** For what is said of a part elsewhere on the page: `otherwise` must claim nothing. */
export const valueOf = <Value, Otherwise>(part: Part<Value>, otherwise: Otherwise): Value | Otherwise => (part.ok ? part.value : otherwise);
