import type { FormState } from "@/lib/server-action.ts";

/** Which choices of a list are ticked: those that were when the form came back refused, else `initial`. Nothing ticked is a choice as well. */
export function typedChoices(state: FormState, name: string, initial: readonly string[]): readonly string[] {
  if (state.status !== "failed" || state.values === undefined) return initial;
  return (state.values[name] ?? "").split("\n").filter((choice) => choice !== "");
}
