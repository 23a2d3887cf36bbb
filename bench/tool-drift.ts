// Released MCP servers that all call themselves by one version: registered in order, are they told apart?

import { agentCardSchema } from "../lib/domain/agent-card.ts";
import { createAgent } from "../lib/operations/agents.ts";
import { systemActor } from "../lib/operations/people.ts";
import { agentKey } from "./holdpoint-api.ts";
import { startBenchServer } from "./bench-server.ts";
import { printTable } from "./print-table.ts";
import { hasSharedData, readJsonLines } from "./shared-data.ts";

interface Release {
  version?: string;
  package_version?: string;
  serverInfo?: { version?: string };
  tools: { name: string; description?: string; inputSchema?: Record<string, unknown>; annotations?: { readOnlyHint?: boolean } }[];
}

const READS = /^(read|list|get|search|directory|tree)/;

export async function toolDrift(): Promise<void> {
  if (!hasSharedData()) return;
  const server = await startBenchServer();
  try {
    for (const era of ["release-era-deps", "as-resolved-2026-11-20"]) {
      const agentId = `filesystem-${era.slice(0, 11).replace(/-$/, "")}`;
      await createAgent(systemActor, { agentId, card: agentCardSchema.parse({}) });
      const { api } = await agentKey(server.url, [agentId]);
      const rows: (string | number)[][] = [["release", "label", "number", "new", "class", "title"]];
      for (const release of readJsonLines<Release>(`mcp-tools-list/server-filesystem.${era}.jsonl`)) {
        const label = release.serverInfo?.version ?? "0.2.0";
        const registered = await api.send<{ version: { number: number }; isNew: boolean; change: { id: string; class: string } | null }>("POST", `/v1/agents/${agentId}/versions`, {
          label, model: { name: "none" }, prompt: "none",
          tools: release.tools.map(({ name, description, inputSchema }) => ({ name, ...(description ? { description } : {}), inputSchema: inputSchema ?? {}, effect: READS.test(name) ? "read" : "write" })),
        });
        const change = registered.change ? await api.get<{ title: string }>(`/v1/changes/${registered.change.id}`) : null;
        rows.push([release.version ?? release.package_version ?? "?", label, registered.version.number, registered.isNew ? "yes" : "no", registered.change?.class ?? "-", (change?.title ?? "").slice(0, 90)]);
      }
      console.log(`\n${era}`);
      printTable(rows);
    }
  } finally {
    await server.stop();
  }
}
