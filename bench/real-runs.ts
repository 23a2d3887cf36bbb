// Recorded runs through the real API: both recipes registered, the change between them reviewed, every figure beside the known truth.

import { agentKey, type Caller } from "./holdpoint-api.ts";
import { startBenchServer } from "./bench-server.ts";
import { printTable } from "./print-table.ts";
import { makeAgent, makePeople, registerAndApprove } from "./owners.ts";
import { exportOf, type RecordedRun } from "./recorded-runs.ts";
import { hasSharedData, readJson, readJsonLines } from "./shared-data.ts";

export interface Meta {
  info: { agent_info: { llm: string; llm_args: Record<string, number> }; environment_info: { domain_name: string; policy: string } };
}

export interface RecordedTool {
  domain: string;
  side: string;
  name: string;
  tool_type: "read" | "write" | "generic" | "think";
  params: { name: string; type: string }[];
  doc: string;
}

interface Truth {
  runs: number;
  success: number;
  escalation_rate: number;
  action_error_rate: number;
  write_share: number;
  tool_calls_per_task: number;
  agent_cost_zero: number;
  agent_cost_mean_of_present: number;
}

interface VersionMetrics {
  versions: { number: number; label: string | null; totals: { runs: number }; metrics: {
    successRate: { hits: number } | null; escalationRate: { value: number } | null; actionErrorRate: { value: number } | null;
    writeShare: { value: number } | null; toolCallsPerRun: number | null; costPerTaskNanoUsd: number | null;
  } }[];
}

const PAIRS = [
  { agentId: "tau2-airline", folder: "tau2-airline-models", recipes: ["airline.azure-gpt-4o-2024-11-20", "airline.gpt-5.4"] },
  { agentId: "tau2-retail", folder: "tau2-gpt41-vs-finetuned", recipes: ["retail.gpt-4.1", "retail.gpt-4.1-ft-BzrYdMNm"] },
  { agentId: "tau2-telecom", folder: "tau2-gpt41-vs-finetuned", recipes: ["telecom.gpt-4.1", "telecom.gpt-4.1-ft-BzrYdMNm"] },
];

const JSON_TYPES: Record<string, string> = { str: "string", int: "integer", float: "number", bool: "boolean" };

export function manifestOf(meta: Meta, label: string, tools: RecordedTool[]) {
  const { llm, llm_args: parameters } = meta.info.agent_info;
  return {
    label, model: { name: llm, parameters }, prompt: meta.info.environment_info.policy,
    tools: tools.map(({ name, doc, params, tool_type }) => ({
      name, description: doc, effect: tool_type === "write" ? "write" : "read",
      inputSchema: { type: "object", properties: Object.fromEntries(params.map((param) => [param.name, JSON_TYPES[param.type] ? { type: JSON_TYPES[param.type] } : {}])), required: params.map((param) => param.name) },
    })),
    escalation: { rules: ["Call transfer_to_human_agents when the request cannot be handled."] },
  };
}

const percent = (value: number | null | undefined): string => (value === null || value === undefined ? "unknown" : value.toFixed(4));

export async function realRuns(): Promise<void> {
  if (!hasSharedData()) return;
  const truth = readJson<Record<string, Truth>>("GROUND_TRUTH.json");
  const allTools = readJsonLines<RecordedTool>("policies-customer-service/tau2.tools.jsonl");
  const server = await startBenchServer({ HOLDPOINT_ROLES: "agents,jobs" });
  let differences = 0;
  try {
    const people = await makePeople(server.url);
    const rows: (string | number)[][] = [["recipe", "", "runs", "success", "escalation", "action errors", "write share", "calls/task", "USD/task"]];
    for (const { agentId, folder, recipes } of PAIRS) {
      await makeAgent(people, agentId);
      const { api } = await agentKey(server.url, [agentId]);
      for (const recipe of recipes) {
        const meta = readJson<Meta>(`${folder}/${recipe}.meta.json`);
        const tools = allTools.filter((tool) => tool.domain === meta.info.environment_info.domain_name && tool.side === "agent");
        console.log(await registerAndApprove(api, people, agentId, manifestOf(meta, recipe, tools)));
        const sender = { agentId, versionLabel: recipe, model: meta.info.agent_info.llm, systemInstructions: meta.info.environment_info.policy };
        for (const run of readJsonLines<RecordedRun>(`${folder}/${recipe}.runs.jsonl`)) await api.send("POST", "/v1/traces", exportOf(run, sender));
      }
      const figures = await settled(api, agentId, recipes.map((recipe) => truth[`${folder}/${recipe}`]?.runs ?? 0));
      for (const recipe of recipes) {
        const known = truth[`${folder}/${recipe}`];
        const seen = figures.versions.find((version) => version.label === recipe);
        if (!known || !seen) throw new Error(`no figures for ${recipe}`);
        const { ours, theirs } = compare(seen, known);
        rows.push([recipe, "Holdpoint", ...ours], ["", "truth", ...theirs]);
        differences += ours.filter((figure, index) => figure !== theirs[index]).length;
      }
    }
    console.log();
    printTable(rows);
    console.log(differences === 0 ? "\nEvery figure is equal." : `\n${differences} FIGURES DIFFER.`);
  } finally {
    await server.stop();
  }
  if (differences > 0) process.exitCode = 1;
}

function compare({ totals, metrics: seen }: VersionMetrics["versions"][number], known: Truth) {
  const isCostKnown = known.agent_cost_zero === 0;
  return {
    ours: [
      totals.runs, seen.successRate?.hits ?? 0, percent(seen.escalationRate?.value), percent(seen.actionErrorRate?.value), percent(seen.writeShare?.value),
      percent(seen.toolCallsPerRun), percent(seen.costPerTaskNanoUsd === null ? null : seen.costPerTaskNanoUsd / 1e9),
    ],
    theirs: [
      known.runs, known.success, percent(known.escalation_rate), percent(known.action_error_rate), percent(known.write_share), percent(known.tool_calls_per_task),
      isCostKnown ? percent(known.agent_cost_mean_of_present) : "unknown",
    ],
  };
}

/** Rollups follow the runs within a second or two. */
async function settled(api: Caller, agentId: string, runs: number[]): Promise<VersionMetrics> {
  for (let attempt = 0; ; attempt++) {
    const figures = await api.get<VersionMetrics>(`/v1/agents/${agentId}/metrics?range=all`);
    const counted = figures.versions.reduce((sum, version) => sum + version.totals.runs, 0);
    if (counted === runs.reduce((sum, count) => sum + count, 0) || attempt > 100) return figures;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
