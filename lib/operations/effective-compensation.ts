// How would the effect of this call be taken back? By what the agent says, as far as its version allows that, else by what the tool declares.

import { declaredHook } from "../domain/declared-hook.ts";
import type { CompensationHook, Json } from "../domain/manifest.ts";
import { stricterEffect } from "../domain/stricter-effect.ts";
import { BadInput } from "../errors.ts";
import type { GateCall } from "./decide-call.ts";
import type { VersionRules } from "../database/version-rules.ts";

interface Given {
  hook: CompensationHook;
  arguments?: Json | undefined;
}

/** As an action keeps it; null: nothing stands behind it. Throws `BadInput` for a hook that nobody reviewed. */
export function effectiveCompensation(given: Given | null, { tool, input, effect }: GateCall, rules: VersionRules | null): Json | null {
  const declared = rules?.tools.get(tool)?.compensation ?? null;
  const withinHours = declared?.withinHours === undefined ? {} : { withinHours: declared.withinHours };
  if (given !== null) {
    const fault = faultOf(given.hook, declared?.hook ?? null, { tool, effect, rules });
    if (fault !== null) throw new BadInput(fault);
    return { hook: given.hook, arguments: given.arguments ?? input, ...withinHours };
  }
  const hook = declaredHook(declared ?? undefined);
  return declared === null || hook === null ? null : { hook, arguments: input, description: declared.description, ...withinHours };
}

/**
 * An agent that could name any address would reach whatever Holdpoint reaches. And a call that cannot be undone in the world is permitted for the
 * way back that was reviewed: the same request must not replace it by a person's work.
 */
function faultOf(given: CompensationHook, declared: CompensationHook | null, { tool, effect, rules }: Pick<GateCall, "tool" | "effect"> & { rules: VersionRules | null }): string | null {
  if (given.kind === "manual") {
    const declaredEffect = rules?.tools.get(tool)?.effect;
    const isReplaced = declared !== null && declared.kind !== "manual" && declaredEffect !== undefined && stricterEffect(declaredEffect, effect) === "irreversible";
    return isReplaced ? "What this tool does cannot be undone in the world, so it is taken back as its version declares, and not by hand." : null;
  }
  if (declared?.kind !== given.kind) return "This tool declares no compensation of this kind; one that is done by hand can always be given.";
  if (given.kind === "tool") return declared.kind === "tool" && given.tool === declared.tool ? null : "The handler that is to take it back is not the one that the version declares.";
  return declared.kind === "http" && isBelow(new URL(given.url), new URL(declared.url)) ? null : "The address that is to take it back is not the one that the version declares, nor one below it.";
}

/** URL has taken "..", written plainly or encoded, out of the paths already. With a user in it no request is ever sent to an address. */
const isBelow = (given: URL, declared: URL): boolean =>
  given.origin === declared.origin && given.username === "" && given.password === "" && (given.pathname === declared.pathname || given.pathname.startsWith(declared.pathname.endsWith("/") ? declared.pathname : `${declared.pathname}/`));
