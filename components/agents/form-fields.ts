import type { FormState } from "@/lib/server-action.ts";

/** What a field shows: what was typed when the form came back refused, else what is stored. */
export function formFields(state: FormState) {
  const failed = state.status === "failed" ? state : undefined;
  return (name: string, stored = "") => {
    const typed = failed?.values?.[name];
    return { name, defaultValue: failed?.values === undefined ? stored : (typed ?? ""), error: failed?.fields?.[name] };
  };
}
