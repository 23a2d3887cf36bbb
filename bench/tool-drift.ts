// Released MCP servers that all call themselves by one version: registered in order, are they told apart?

import { agentKey } from "./holdpoint-api.ts";
import { startBenchServer } from "./bench-server.ts";
import { makeAgent, makePeople, registerAndApprove } from "./owners.ts";
import { hasSharedData, readJsonLines } from "./shared-data.ts";

interface Release {
  version: string;
  initialize?: { serverInfo?: { version?: string } };
  tools_list: { tools: { name: string; description?: string; inputSchema?: Record<string, unknown>; annotations?: { readOnlyHint?: boolean } }[] };
}

const READS = /^(read|list|get|search|directory|tree)/;

const manifestOf = (release: Release, label: string) => ({
  label, model: { name: "none" }, prompt: "none",
  tools: release.tools_list.tools.map(({ name, description, inputSchema }) => ({
    name, ...(description ? { description } : {}), inputSchema: inputSchema ?? {}, effect: READS.test(name) ? "read" : "write",
  })),
});

export async function toolDrift(): Promise<void> {
  if (!hasSharedData()) return;
  const server = await startBenchServer({ HOLDPOINT_ROLES: "agents,jobs" });
  try {
    const people = await makePeople(server.url);
    for (const era of ["release-era-deps", "as-resolved-2026-11-20"]) {
      const agentId = `filesystem-${era === "release-era-deps" ? "release-era" : "as-resolved"}`;
      await makeAgent(people, agentId);
      const { api } = await agentKey(server.url, [agentId]);
      const rows: string[][] = [["release", "calls itself", "what Holdpoint says"]];
      for (const release of readJsonLines<Release>(`mcp-tools-list/server-filesystem.${era}.jsonl`)) {
        const label = release.initialize?.serverInfo?.version ?? "unknown";
        rows.push([release.version, label, await registerAndApprove(api, people, agentId, manifestOf(release, label))]);
      }
      console.log(`\n${era}`);
      for (const row of rows) console.log(row.map((cell, column) => (column < 2 ? cell.padEnd(14) : cell)).join(""));
    }
  } finally {
    await server.stop();
  }
}
