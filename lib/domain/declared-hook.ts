// By what does a tool say that its effect is taken back, is it still the same, and can it be tried without effect?

import { digestOf } from "./fingerprint.ts";
import type { CompensationHook, ToolComponent } from "./manifest.ts";

/** What is only described is done by hand. Null: nothing stands behind the tool. */
export function declaredHook(compensation: ToolComponent["compensation"]): CompensationHook | null {
  if (compensation?.hook) return compensation.hook;
  if (compensation === undefined || compensation.description.trim() === "") return null;
  return { kind: "manual", instructions: compensation.description, owner: "role:technical_owner" };
}

/**
 * Does a way back stand behind the tool, so that at `bounded` what cannot be undone goes ahead? Only one that works without a person: instructions
 * alone bring nothing back. Of whatever effect is declared: the caller may know that this very call cannot be undone.
 */
export function isCompensated(compensation: ToolComponent["compensation"]): boolean {
  const hook = declaredHook(compensation);
  return hook !== null && hook.kind !== "manual";
}

/** A rehearsal holds for exactly one hook: another address or other instructions are not rehearsed. */
export const hookDigest = (hook: CompensationHook): string => digestOf(hook);
