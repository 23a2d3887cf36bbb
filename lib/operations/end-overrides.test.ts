import { beforeEach, describe, expect, test } from "vitest";
import { loadAuthorityFacts } from "../database/authority-facts.ts";
import { prisma } from "../database/database.ts";
import type { AuthorityLevel } from "../domain/authority-level.ts";
import { computeAuthority } from "../domain/authority.ts";
import type { Manifest } from "../domain/manifest.ts";
import { makeAgent, manifest, type MadeAgent } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { setOverride } from "./overrides.ts";
import { rollbackVersion } from "./rollback-version.ts";

useDatabase();

const HOUR_MS = 3_600_000;
const reworded = () => manifest({ prompt: "You handle refunds, and say so." });
const atMost = (maximum: number): Manifest => manifest({ tools: manifest().tools.map((tool) => (tool.effect === "read" ? tool : { ...tool, inputSchema: { type: "object", properties: { amount: { type: "number", maximum } } } })) });

let agent: MadeAgent;
beforeEach(async () => {
  agent = await makeAgent();
});

const level = async (): Promise<AuthorityLevel> => computeAuthority(await prisma().$transaction((tx) => loadAuthorityFacts(tx, agent.id, new Date())), new Date()).level;
const stand = (stage: string) => prisma().agent.update({ where: { id: agent.id }, data: { stage } });
const excuse = async (source: "stage" | "open_change", to: "assisted" | "bounded"): Promise<string> => {
  const { overrideId } = await setOverride(agent.owners.business_owner, { agentId: agent.id, source, level: to, reason: "The shop cannot wait for it.", expiresAt: new Date(Date.now() + HOUR_MS) });
  return overrideId;
};
const propose = async (recipe: Manifest, replacesChangeId?: string): Promise<string> => {
  const { change } = await agent.register(recipe, replacesChangeId === undefined ? {} : { replacesChangeId });
  return change?.id ?? "";
};
const endOf = async (id: string) => (await prisma().override.findUniqueOrThrow({ where: { id } })).revokedBy;
const logged = (subject: string) => prisma().logEntry.findMany({ where: { subject, kind: "override.revoked" }, select: { actor: true, agentId: true } });

describe("an exception to the stage", () => {
  test("ends with the version that it was made for, and the log says so", async () => {
    const id = await excuse("stage", "bounded");
    expect(await level()).toBe("bounded");
    await agent.approve(await propose(reworded()));
    expect(await level()).toBe("shadow");
    expect(await endOf(id)).toBe("Holdpoint");
    expect(await logged(id)).toEqual([{ actor: "system:holdpoint", agentId: agent.id }]);
    expect(await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } })).toMatchObject({ authorityLevel: "shadow", authorityBinding: "stage" });
  });

  test("ends with a rollback, too", async () => {
    await agent.approve(await propose(reworded()));
    const id = await excuse("stage", "bounded");
    await rollbackVersion(agent.owners.technical_owner, { agentId: agent.id, reason: "It answers badly." });
    expect([await level(), await endOf(id)]).toEqual(["shadow", "Holdpoint"]);
  });

  test("that lowers it goes on", async () => {
    await stand("bounded");
    const id = await excuse("stage", "assisted");
    await agent.approve(await propose(reworded()));
    expect([await level(), await endOf(id)]).toEqual(["assisted", null]);
  });
});

describe("an exception to an open change", () => {
  beforeEach(() => stand("bounded"));

  test.each<[string, Manifest, AuthorityLevel]>([["critical", atMost(300), "bounded"], ["material", reworded(), "bounded"]])("of the class %s ends when that is edited to a critical one", async (_, before, free) => {
    const changeId = await propose(before);
    const id = await excuse("open_change", "bounded");
    expect(await level()).toBe(free);
    await propose(atMost(400), changeId);
    expect([await level(), await endOf(id)]).toEqual(["assisted", "Holdpoint"]);
  });

  test("ends when another version becomes current, against which it is another change", async () => {
    await propose(atMost(300));
    const id = await excuse("open_change", "bounded");
    expect(await level()).toBe("bounded");
    await agent.approve(await propose(reworded()));
    expect([await level(), await endOf(id)]).toEqual(["assisted", "Holdpoint"]);
  });

  test("that lowers it goes on", async () => {
    const changeId = await propose(atMost(300));
    const id = await excuse("open_change", "assisted");
    await propose(atMost(400), changeId);
    expect([await level(), await endOf(id)]).toEqual(["assisted", null]);
  });
});
