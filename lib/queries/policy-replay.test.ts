import { beforeAll, describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { checkCall } from "../operations/check-calls.ts";
import { bundleNow } from "../operations/bundle-now.ts";
import { systemActor } from "../operations/people.ts";
import { ACTING_POLICY, actingManifest, makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { replayProposal } from "./policy-replay.ts";

useDatabase();

let agent: ActingAgent;
const AMOUNTS = [20, 50, 99, 101, 400, 700, 2_000];

async function proposed(cedar: string | null): Promise<{ agentId: string; fromVersionId: string | null; toVersionId: string }> {
  const { version, change } = await agent.register(actingManifest({ label: `p ${Math.random()}`, ...(cedar === null ? { policy: { rules: ["None."] } } : { policy: { cedar } }) }));
  const stored = await prisma().change.findUniqueOrThrow({ where: { id: change?.id ?? "" } });
  return { agentId: agent.id, fromVersionId: stored.fromVersionId, toVersionId: version.id };
}

beforeAll(async () => {
  agent = await makeActingAgent();
  const bundle = await prisma().$transaction((tx) => bundleNow(tx, agent.id, new Date()));
  for (const [index, amount] of AMOUNTS.entries()) {
    await checkCall(agent.key, { agentId: agent.id, conversationId: "c", toolCallId: `t${index}`, tool: "refund_create", input: { amount }, onBehalfOf: null, confidence: null }, bundle, new Date(Date.UTC(2026, 10, 20, 10, index)));
  }
  await checkCall(systemActor, { agentId: agent.id, conversationId: "c", toolCallId: "read", tool: "order_get", input: {}, onBehalfOf: null, confidence: null }, bundle);
});

describe("a proposed policy on recorded calls", () => {
  test("that permits more lists what would go ahead, with where to look", async () => {
    const replay = await replayProposal(await proposed(ACTING_POLICY.replace("100.0", "450.0")));
    expect(replay).toMatchObject({ kind: "replayed", class: "widened", decided: 8, widened: 2, narrowed: 0 });
    const flips = replay?.kind === "replayed" ? replay.flips : [];
    expect(flips.map(({ tool, before, after }) => `${tool} ${before} ${after}`)).toEqual(["refund_create hold permit", "refund_create hold permit"]);
    expect(flips.every(({ actionId }) => actionId !== null)).toBe(true);
  });

  test("that permits less, or both, is told apart", async () => {
    expect(await replayProposal(await proposed(ACTING_POLICY.replace("1000.0", "80.0")))).toMatchObject({ class: "narrowed", widened: 0, narrowed: 4 });
    expect(await replayProposal(await proposed(ACTING_POLICY.replace("1000.0", "650.0").replace("100.0", "450.0")))).toMatchObject({ class: "mixed", widened: 2, narrowed: 1 });
  });

  test("of the same meaning changes nothing, and one that is taken away permits what it refused", async () => {
    expect(await replayProposal(await proposed(`// the same\n${ACTING_POLICY}`))).toMatchObject({ class: "same", flips: [] });
    expect(await replayProposal(await proposed(null))).toMatchObject({ class: "widened", widened: 4 });
  });

  test("is null where neither version has a text", async () => {
    const { toVersionId, agentId } = await proposed(null);
    expect(await replayProposal({ agentId, fromVersionId: null, toVersionId })).toBeNull();
  });
});
