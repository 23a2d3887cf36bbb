// How would the effect of this call be taken back? By what the agent says, as far as its version allows that, else by what the tool declares.

import { declaredHook } from "../domain/declared-hook.ts";
import type { CompensationHook, Json } from "../domain/manifest.ts";
import { BadInput } from "../errors.ts";
import type { GateCall } from "./decide-call.ts";
import type { VersionRules } from "../database/version-rules.ts";

interface Given {
  hook: CompensationHook;
  arguments?: Json | undefined;
}

/** As an action keeps it; null: nothing stands behind it. Throws `BadInput` for a hook that nobody reviewed. */
export function effectiveCompensation(given: Given | null, { tool, input }: Pick<GateCall, "tool" | "input">, rules: VersionRules | null): Json | null {
  const declared = rules?.tools.get(tool)?.compensation ?? null;
  const withinHours = declared?.withinHours === undefined ? {} : { withinHours: declared.withinHours };
  const hook = declaredHook(declared ?? undefined);
  if (given !== null) {
    const fault = faultOf(given.hook, hook);
    if (fault !== null) throw new BadInput(fault);
    // Instructions that nobody reviewed: whoever reads them has to know whose words they are.
    return { hook: given.hook, arguments: given.arguments ?? input, ...withinHours, ...(given.hook.kind === "manual" ? { by: "agent" } : {}) };
  }
  return declared === null || hook === null ? null : { hook, arguments: input, description: declared.description, ...withinHours };
}

/**
 * An agent that could name any address would reach whatever Holdpoint reaches. And what was reviewed is followed, whether by a machine or by a person
 * at night: no request puts a person's work, or other words for it, in its place.
 */
function faultOf(given: CompensationHook, declared: CompensationHook | null): string | null {
  if (given.kind === "manual") return declared === null ? null : "This tool declares how it is taken back; instructions of a request do not stand in place of that.";
  if (declared?.kind !== given.kind) return "This tool declares no compensation of this kind.";
  if (given.kind === "tool") return declared.kind === "tool" && given.tool === declared.tool ? null : "The handler that is to take it back is not the one that the version declares.";
  return declared.kind === "http" && isBelow(new URL(given.url), new URL(declared.url)) ? null : "The address that is to take it back is not the one that the version declares, nor one below it.";
}

/** URL has taken "..", written plainly or encoded, out of the paths already. With a user in it no request is ever sent to an address. */
const isBelow = (given: URL, declared: URL): boolean =>
  given.origin === declared.origin && given.username === "" && given.password === "" && (given.pathname === declared.pathname || given.pathname.startsWith(declared.pathname.endsWith("/") ? declared.pathname : `${declared.pathname}/`));
