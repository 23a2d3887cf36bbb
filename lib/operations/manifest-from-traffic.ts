// Which recipe does the traffic of a finding show? The declared version, with what was seen in its place.

import type { Transaction } from "../database/database.ts";
import { versionComponents } from "../database/version-components.ts";
import { manifestOfComponents } from "../domain/manifest-of-components.ts";
import type { Manifest, ToolComponent } from "../domain/manifest.ts";
import { NotPossible } from "../errors.ts";

const NOT_ENOUGH = "The traffic does not carry what is needed to rebuild this version. Register its manifest, then review that.";

interface SeenTool {
  name: string;
  description?: string | null;
  inputSchema?: Record<string, unknown> | null;
}

function withPrompt(manifest: Manifest, text: string): Manifest {
  if (typeof manifest.prompt === "string" || manifest.prompt.length === 1) return { ...manifest, prompt: text };
  throw new NotPossible("This agent has several prompts, and the traffic does not say which one was changed. Register the manifest, then review that.");
}

/** An undeclared tool has an unknown effect, so it counts as the worst until its owner says otherwise. */
function withTool(manifest: Manifest, seen: SeenTool): Manifest {
  const declared = manifest.tools.find((tool) => tool.name === seen.name);
  const tool = {
    ...(declared ?? { name: seen.name, effect: "irreversible" }),
    ...(seen.description ? { description: seen.description } : {}), inputSchema: seen.inputSchema ?? {},
  } as ToolComponent;
  return { ...manifest, tools: [...manifest.tools.filter((other) => other.name !== seen.name), tool] };
}

export async function manifestFromTraffic(tx: Transaction, finding: { id: string; agentId: string; about: string }): Promise<{ manifest: Manifest; sourceRef: string }> {
  const agent = await tx.agent.findUniqueOrThrow({ where: { id: finding.agentId } });
  const labelled = finding.about
    ? await tx.agentVersion.findFirst({ where: { agentId: agent.id, label: finding.about }, orderBy: [{ approvedAt: { sort: "desc", nulls: "last" } }, { number: "desc" }] })
    : null;
  const baseId = labelled?.id ?? agent.currentVersionId;
  if (!baseId) throw new NotPossible(NOT_ENOUGH);
  const base = manifestOfComponents(await versionComponents(tx, baseId));
  const seen = await tx.observedComponent.findMany({ where: { findingId: finding.id }, orderBy: { firstSeenAt: "asc" } });
  const manifest = seen.reduce<Manifest>((manifest, row) => {
    const content = row.content as { text?: string } | SeenTool | null;
    if (row.facet === "model") return { ...manifest, model: { ...manifest.model, name: row.value } };
    if (row.facet === "prompt" && content && "text" in content && content.text) return withPrompt(manifest, content.text);
    if (row.facet === "tool" && content && "name" in content) return withTool(manifest, content);
    return manifest;
  }, base);
  if (!seen.some((row) => row.facet === "model" || row.content !== null)) throw new NotPossible(NOT_ENOUGH);
  return { manifest: { ...manifest, ...(finding.about ? { label: finding.about } : {}) }, sourceRef: `live traffic, ${finding.id}` };
}
