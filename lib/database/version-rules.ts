// Which policy does the gate apply? Read once for each content address, prepared against the tools of its version.

import type { Transaction } from "./database.ts";
import { toolSchema, type ToolComponent } from "../domain/manifest.ts";
import { preparePolicy, type PreparedPolicy } from "../policy/prepare-policy.ts";

/** What the gate needs of a version beside its bundle. */
export interface VersionRules {
  versionId: string;
  tools: ReadonlyMap<string, ToolComponent>;
  policyDigest: string | null;
  /** Null: there is no policy text, or `isUnreadable`. */
  policy: PreparedPolicy | null;
  /** A text is there and could not be prepared: nothing may be permitted under it. */
  isUnreadable: boolean;
}

const MOST_KEPT = 500;
/** A version never changes, so what was read of it stays true. In the order of use, the longest unused first. */
const kept = new Map<string, VersionRules>();

export async function loadVersionRules(tx: Transaction, versionId: string): Promise<VersionRules> {
  const known = kept.get(versionId);
  const rules = known ?? (await readVersionRules(tx, versionId));
  kept.delete(versionId);
  kept.set(versionId, rules);
  if (kept.size > MOST_KEPT) for (const oldest of kept.keys()) {
    kept.delete(oldest);
    break;
  }
  return rules;
}

async function readVersionRules(tx: Transaction, versionId: string): Promise<VersionRules> {
  const rows = await tx.$queryRaw<{ kind: string; digest: string; content: unknown }[]>`
    SELECT r->>'kind' AS kind, c.digest, c.content FROM agent_version v, jsonb_array_elements(v.components) r JOIN component c ON c.digest = r->>'digest'
    WHERE v.id = ${versionId} AND r->>'kind' IN ('tool', 'policy')`;
  const tools = rows.filter(({ kind }) => kind === "tool").flatMap(({ content }) => toolSchema.safeParse(content).data ?? []);
  const policyRow = rows.find(({ kind }) => kind === "policy");
  const text = textOf(policyRow?.content);
  const prepared = text === null ? null : preparePolicy(text, tools);
  return {
    versionId, tools: new Map(tools.map((tool) => [tool.name, tool])), policyDigest: text === null ? null : (policyRow?.digest ?? null),
    policy: prepared?.ok ? prepared.policy : null, isUnreadable: prepared !== null && !prepared.ok,
  };
}

function textOf(content: unknown): string | null {
  const text = typeof content === "object" && content !== null && "cedar" in content ? content.cedar : null;
  return typeof text === "string" ? text : null;
}
