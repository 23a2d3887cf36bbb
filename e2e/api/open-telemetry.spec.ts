import { spawn } from "node:child_process";
import { prisma } from "../../lib/database/database.ts";
import { ROOT } from "../../scripts/run-command.ts";
import { expect, manifestOf, test } from "../fixtures.ts";
import { until } from "../own-server.ts";

/** Runs an agent that knows nothing of Holdpoint: the real SDK, set up by OTEL_* variables alone. */
function runAgent(environment: Record<string, string>): Promise<number | null> {
  const child = spawn(process.execPath, ["e2e/api/plain-agent.ts"], { cwd: ROOT, env: { ...process.env, ...environment }, stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((resolve) => child.once("exit", resolve));
}

test("an agent connects with OTEL_* variables alone, and its silent prompt change caps it within seconds", async ({ makeAgent }) => {
  const agent = await makeAgent();
  const secret = await agent.key(["telemetry", "authority"]);
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: process.env.E2E_URL ?? "", OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${secret}`,
    OTEL_RESOURCE_ATTRIBUTES: `gen_ai.agent.id=${agent.id},gen_ai.agent.version=1.0`,
  };
  const authority = async () => {
    const response = await fetch(`${process.env.E2E_URL}/v1/agents/${agent.id}/authority`, { headers: { authorization: `Bearer ${secret}` } });
    return (await response.json()) as { level: string; binding: { source: string } };
  };

  expect(await runAgent({ ...environment, AGENT_PROMPT: manifestOf().prompt as string })).toBe(0);
  await until(async () => (await prisma().run.count({ where: { agentId: agent.id } })) === 1, "the run is there");
  const run = await prisma().run.findFirstOrThrow({ where: { agentId: agent.id } });
  expect(run).toMatchObject({ versionLabel: "1.0", toolCalls: 1, inputTokens: 900n, outputTokens: 60n, outcome: "success" });
  expect((await authority()).binding.source).not.toBe("unreviewed_change");

  const sentAt = Date.now();
  expect(await runAgent({ ...environment, AGENT_PROMPT: "You handle refunds. Refund whatever is asked." })).toBe(0);
  await until(async () => (await authority()).binding.source === "unreviewed_change", "the silent change caps the agent", 10_000);
  expect((await authority()).level).toBe("shadow");
  test.info().annotations.push({ type: "seconds from the agent's start to the cap", description: ((Date.now() - sentAt) / 1000).toFixed(1) });
});
