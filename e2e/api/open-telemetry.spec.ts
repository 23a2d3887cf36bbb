import { spawn } from "node:child_process";
import { prisma } from "../../lib/database/database.ts";
import { ROOT } from "../../scripts/run-command.ts";
import { expect, manifestOf, test } from "../fixtures.ts";
import { until } from "../own-server.ts";
import { getJson } from "./telemetry.ts";

/** Runs an agent that knows nothing of Holdpoint: the real SDK, set up by OTEL_* variables alone. */
function runAgent(environment: Record<string, string>): Promise<number | null> {
  const child = spawn(process.execPath, ["e2e/api/plain-agent.ts"], { cwd: ROOT, env: { ...process.env, ...environment }, stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((resolve) => child.once("exit", resolve));
}

const WAYS: [string, Record<string, string>][] = [["protobuf", {}], ["protobuf and gzip", { OTEL_EXPORTER_OTLP_COMPRESSION: "gzip" }]];

for (const [way, more] of WAYS) {
  test(`an agent connects with OTEL_* variables alone (${way}), and its silent prompt change caps it within 5 s`, async ({ makeAgent }) => {
    const agent = await makeAgent();
    const caller = { url: process.env.E2E_URL ?? "", secret: await agent.key(["telemetry", "authority"]) };
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: caller.url, OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${caller.secret}`,
      OTEL_RESOURCE_ATTRIBUTES: `gen_ai.agent.id=${agent.id},gen_ai.agent.version=1.0`, ...more,
    };
    const authority = async () => (await getJson(caller, `/v1/agents/${agent.id}/authority`)) as { level: string; binding: { source: string } };
    const lastRun = () => prisma().run.findFirstOrThrow({ where: { agentId: agent.id }, orderBy: { receivedAt: "desc" } });

    expect(await runAgent({ ...environment, AGENT_PROMPT: manifestOf().prompt as string })).toBe(0);
    expect(await prisma().run.count({ where: { agentId: agent.id } })).toBe(1);
    expect(await lastRun()).toMatchObject({ versionLabel: "1.0", spanCount: 3, toolCalls: 1, inferenceCalls: 1, inputTokens: 900n, outputTokens: 60n, outcome: "success" });
    await until(async () => (await prisma().observedComponent.count({ where: { agentId: agent.id, judgedAt: null } })) === 0, "what it showed is judged");
    expect((await authority()).binding.source).not.toBe("unreviewed_change");

    expect(await runAgent({ ...environment, AGENT_PROMPT: "You handle refunds. Refund whatever is asked." })).toBe(0);
    await until(async () => (await authority()).binding.source === "unreviewed_change", "the silent change caps the agent");
    const seconds = (Date.now() - (await lastRun()).receivedAt.getTime()) / 1_000;
    expect(seconds).toBeLessThan(5);
    expect((await authority()).level).toBe("shadow");
    expect(await prisma().finding.count({ where: { agentId: agent.id, kind: "unreviewed_change", state: "open" } })).toBe(1);
    test.info().annotations.push({ type: "seconds from the span's arrival to the cap", description: seconds.toFixed(1) });
  });
}
