// How does a form in the browser run an operation? Session, origin, parsing and refusals, the same for every form.

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import type { z } from "zod";
import { findSignedIn, isSameOrigin } from "./auth/session.ts";
import type { PersonActor } from "./domain/roles.ts";
import { isRefusal, Unavailable } from "./errors.ts";
import { describeError, logger } from "./logger.ts";

/** What a form shows after it was sent. `fields` holds one sentence per wrong field; `values` is what had been typed, a list with one line each. */
export type FormState =
  | { status: "idle" }
  | { status: "done"; message?: string; shownOnce?: string }
  | { status: "failed"; message: string; fields?: Record<string, string>; values?: Record<string, string> };

export const IDLE: FormState = { status: "idle" };

export type FormAction = (previous: FormState, form: FormData) => Promise<FormState>;

interface Finish {
  /** Where to go afterwards. */
  redirectTo?: string;
  message?: string;
  /** A secret to show this one time. */
  shownOnce?: string;
}

/** `name[]` collects into a list, `a.b` into an object, and an empty field is left out. */
export function readForm(form: FormData): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, raw] of form.entries()) {
    if (key.startsWith("$ACTION") || typeof raw !== "string") continue;
    // PostgreSQL stores no NUL, and no form field means one.
    const text = raw.replaceAll("\u0000", "");
    const isList = key.endsWith("[]");
    const path = (isList ? key.slice(0, -2) : key).split(".");
    const last = path.pop();
    if (!last || [...path, last].some((part) => part === "__proto__" || part === "constructor" || part === "prototype")) continue;
    let target = result;
    for (const part of path) target = (target[part] ??= {}) as Record<string, unknown>;
    if (isList) {
      const list = (target[last] ??= []) as string[];
      if (text.trim() !== "") list.push(text);
    } else if (text !== "") target[last] = text;
  }
  return result;
}

function typedValues(form: FormData): Record<string, string> {
  const entries = [...form.entries()].filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const values: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [key, value] of entries) {
    if (key.startsWith("$ACTION") || /password|token|secret/i.test(key)) continue;
    values[key] = key.endsWith("[]") && values[key] !== undefined ? `${values[key]}\n${value}` : value;
  }
  return { ...values };
}

function fieldErrors(error: z.ZodError): Record<string, string> {
  return Object.fromEntries(error.issues.map((issue) => [issue.path.join("."), issue.message]));
}

/** A refusal becomes its sentence; anything else is a bug: logged under an id, and only the id is shown. */
export function refusalSentence(error: unknown): string {
  if (isRefusal(error) || error instanceof Unavailable) return error.message;
  const id = randomUUID().slice(0, 8);
  logger().error({ errorId: id, ...describeError(error) }, "an action failed");
  return `Something went wrong on our side. It was recorded as ${id}. Nothing was changed.`;
}

/**
 * Makes a server action out of a schema and what to run. A stranger, or a request from another origin, is refused before the form
 * is read. Refused input keeps what was typed.
 */
export function serverAction<Schema extends z.ZodType>(
  schema: Schema, run: (actor: PersonActor, input: z.output<Schema>) => Promise<Finish | void>,
): FormAction {
  return async (_previous, form) => {
    const actor = await findSignedIn();
    if (!actor) return { status: "failed", message: "You are signed out. Sign in again; what you typed is still here.", values: typedValues(form) };
    if (!(await isSameOrigin())) return { status: "failed", message: "This request did not come from this console." };
    const parsed = await schema.safeParseAsync(readForm(form));
    if (!parsed.success) {
      return { status: "failed", message: "Some fields need another look.", fields: fieldErrors(parsed.error), values: typedValues(form) };
    }
    let finish: Finish;
    try {
      finish = (await run(actor, parsed.data)) ?? {};
    } catch (error) {
      return { status: "failed", message: refusalSentence(error), values: typedValues(form) };
    }
    revalidatePath("/", "layout");
    if (finish.redirectTo) redirect(finish.redirectTo as never);
    return { status: "done", ...(finish.message ? { message: finish.message } : {}), ...(finish.shownOnce ? { shownOnce: finish.shownOnce } : {}) };
  };
}
