import type { FormAction } from "@/lib/server-action.ts";

const NO_ANSWER = "The console does not answer. Nothing is known to have changed; try again.";

/** A console that does not answer is an answer too. */
export const answerOf = (action: FormAction, form: FormData): ReturnType<FormAction> =>
  action({ status: "idle" }, form).catch(() => ({ status: "failed" as const, message: NO_ANSWER }));

/** Sends a form of these values. */
export async function sendForm(action: FormAction, values: Record<string, string>): ReturnType<FormAction> {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) form.append(name, value);
  return answerOf(action, form);
}
