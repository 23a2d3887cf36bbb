// On what is tried whether a bundle's stops refuse?

import { PROBE_TOOL, type Bundle } from "../../lib/domain/bundle.ts";
import { splitTool } from "../../lib/domain/stop-scope.ts";

/** What a refusal is tried on: something that the stops of this bundle cover. */
export function probesOf({ stops, tools }: Bundle): string[] {
  if (stops.length === 0) return [PROBE_TOOL];
  const anyTool = Object.keys(tools).find((name) => tools[name]?.effect !== "read") ?? PROBE_TOOL;
  return stops.map(({ scope, target }) => (scope === "tool" ? (splitTool(target)?.tool ?? anyTool) : anyTool));
}
