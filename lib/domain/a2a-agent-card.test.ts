import { describe, expect, test } from "vitest";
import { exportA2aCard, type A2aSource } from "./a2a-agent-card.ts";
import { agentCardSchema, emptyCard } from "./agent-card.ts";
import { componentsOf, fingerprintOf } from "./fingerprint.ts";
import { manifestSchema } from "./manifest.ts";

const components = componentsOf(manifestSchema.parse({
  model: { name: "gpt-4.1" }, prompt: "Be brief.", policy: { limits: { refund: 100 } },
  tools: [{ name: "order_get", description: "Reads an order.", effect: "read", system: "shop" }, { name: "pay", effect: "irreversible" }],
}));
const source: A2aSource = {
  agentId: "refund-bot", card: agentCardSchema.parse({ purpose: "Decides refunds.", team: "Payments", boundary: { may: ["Refund"], mustNever: [], mustEscalateWhen: [], doneMeans: [] } }),
  version: { number: 42, label: "0.2.0", fingerprint: fingerprintOf(components) }, components, owners: { business_owner: "Bea Otto" },
  organisation: "Shop", baseUrl: "https://hold.example", environment: "production", authorityLevel: "assisted",
};
const bare: A2aSource = { ...source, card: emptyCard, version: null, components: [], owners: {} };

describe("an A2A card", () => {
  test.each<[string, A2aSource]>([["with everything", source], ["with nothing", bare]])("%s has every field that A2A v1.0 requires, and none of 0.3", (_, from) => {
    const card = exportA2aCard(from);
    expect(Object.keys(card).toSorted()).toEqual(["capabilities", "defaultInputModes", "defaultOutputModes", "description", "name", "provider", "skills", "supportedInterfaces", "version"]);
    for (const text of [card.name, card.description, card.version, card.provider.organization, card.provider.url]) expect(text).toMatch(/\S/);
    for (const skill of card.skills) {
      expect(Object.keys(skill).toSorted()).toEqual(["description", "id", "name", "tags"]);
      expect(skill.description).toMatch(/\S/);
    }
    expect(card.supportedInterfaces).toEqual([]);
    expect(JSON.parse(JSON.stringify(card))).toEqual(card);
  });

  test("carries our version number, because labels repeat", () => {
    expect(exportA2aCard(source).version).toBe("42");
    expect(exportA2aCard(bare).version).toBe("0");
  });

  test("describes tools as skills", () => {
    expect(exportA2aCard(source).skills).toEqual([
      { id: "order_get", name: "order_get", description: "Reads an order.", tags: ["read", "shop"] },
      { id: "pay", name: "pay", description: "pay", tags: ["irreversible"] },
    ]);
  });

  test("keeps governance in one extension, without what is empty", () => {
    const { extensions } = exportA2aCard(source).capabilities;
    expect(extensions).toHaveLength(1);
    expect(extensions[0]?.uri).toBe("https://hold.example/ext/governance/v1");
    const digest = (kind: string): string[] => components.filter((component) => component.kind === kind).map((component) => component.digest);
    expect(extensions[0]?.params).toEqual({
      agentId: "refund-bot", environment: "production", authority: "assisted", versionNumber: 42, versionLabel: "0.2.0", fingerprint: fingerprintOf(components),
      model: digest("model")[0], prompts: digest("prompt"), tools: digest("tool"), policy: digest("policy")[0], businessOwner: "Bea Otto", team: "Payments", may: ["Refund"],
    });
    expect(exportA2aCard(bare).capabilities.extensions[0]?.params).toEqual({ agentId: "refund-bot", environment: "production", authority: "assisted" });
  });
});
