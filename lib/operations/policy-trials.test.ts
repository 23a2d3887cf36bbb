import { expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { versionComponents } from "../database/version-components.ts";
import { componentsOf, fingerprintOf } from "../domain/fingerprint.ts";
import { ACTING_POLICY, actingManifest, makeActingAgent } from "../testing/acting-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { bundleNow } from "./bundle-now.ts";
import { checkCall } from "./check-calls.ts";
import { NOTHING_TRIED, policyStep, trialsFor, withPolicyTrials, type PolicyTrials } from "./policy-trials.ts";

useDatabase();

async function stepsOfAgent() {
  const agent = await makeActingAgent();
  const { currentVersionId } = await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } });
  const from = { id: currentVersionId ?? "", components: await versionComponents(prisma(), currentVersionId ?? "") };
  const stepTo = (cedar: string | null) => {
    const components = componentsOf(actingManifest(cedar === null ? { policy: { rules: ["None."] } } : { policy: { cedar } }));
    return { from, to: { agentId: agent.id, fingerprint: fingerprintOf(components), components } };
  };
  return { agent, from, stepTo };
}

test("nothing is tried where there are no two texts that differ", async () => {
  const { stepTo } = await stepsOfAgent();
  const { from, to } = stepTo(`${ACTING_POLICY}\n`);
  expect(policyStep(from, to)).toMatchObject({ agentId: to.agentId, fromVersionId: from.id, toFingerprint: to.fingerprint });
  expect(policyStep(null, to)).toBeNull();
  expect(policyStep(from, stepTo(ACTING_POLICY).to)).toBeNull();
  expect(policyStep(from, stepTo(null).to)).toBeNull();
  expect(policyStep({ ...from, components: stepTo(null).to.components }, to)).toBeNull();
});

test("what is missing is tried between two attempts, with the calls that were recorded", async () => {
  const { agent, stepTo } = await stepsOfAgent();
  const bundle = await prisma().$transaction((tx) => bundleNow(tx, agent.id, new Date()));
  await checkCall(agent.key, { agentId: agent.id, conversationId: "c", toolCallId: "t", tool: "refund_create", input: { amount: 120 }, onBehalfOf: null, confidence: null }, bundle, new Date("2026-11-20T10:00:00Z"));
  const { from, to } = stepTo(ACTING_POLICY.replace("100.0", "450.0"));
  let attempts = 0;
  const found = await withPolicyTrials(async (trials) => {
    attempts++;
    return trialsFor([null, policyStep(from, to)], trials);
  });
  expect(found).toEqual([null, { kind: "tried", decided: 1, since: "2026-11-20T10:00:00.000Z", steps: [{ before: "hold", after: "permit" }], doubt: "forbid" }]);
  expect(attempts).toBe(2);
});

test("an attempt that finds another text each time goes on without in the end, and one that fails otherwise fails", async () => {
  const { stepTo } = await stepsOfAgent();
  const seen: boolean[] = [];
  const found = await withPolicyTrials(async (trials: PolicyTrials) => {
    seen.push(trials.mayAsk);
    const { from, to } = stepTo(`${ACTING_POLICY}\n// ${seen.length}`);
    return trialsFor([policyStep(from, to)], trials);
  });
  expect(found).toEqual([null]);
  expect(seen).toEqual([true, true, false]);
  await expect(withPolicyTrials(async () => Promise.reject(new Error("away")))).rejects.toThrow("away");
});

test("what waits for nothing knows nothing", async () => {
  const { stepTo } = await stepsOfAgent();
  const { from, to } = stepTo("permit(principal, action, resource);");
  expect(trialsFor([policyStep(from, to)], NOTHING_TRIED)).toEqual([null]);
});
