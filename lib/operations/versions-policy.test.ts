import { describe, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import type { Manifest } from "../domain/manifest.ts";
import { BadInput } from "../errors.ts";
import { makeAgent, manifest } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { systemActor } from "./people.ts";
import { registerVersion, registrationSchema } from "./versions.ts";

useDatabase();

const ALLOW = "permit(principal, action, resource);";
const withText = (cedar: string, more: Partial<Manifest> = {}): Manifest => manifest({ policy: { limits: { refund: 150 }, cedar }, ...more });

describe("a manifest with a policy text", () => {
  test("is registered when the text fits its own tools, as a critical change that says what it is", async () => {
    const agent = await makeAgent();
    await agent.approve((await agent.register(withText(ALLOW))).change?.id ?? "");
    const { change } = await agent.register(withText(`${ALLOW}\nforbid(principal, action == Action::"refund_create", resource) when { context.hour < 6 };`));
    const stored = await prisma().change.findUniqueOrThrow({ where: { id: change?.id ?? "" } });
    expect(stored).toMatchObject({ class: "critical", state: "open", facts: [{ kind: "policy_text_changed", sentence: "The text of the policy says something else: +1 −0 lines." }] });
    expect(stored.rules).toMatchObject([{ id: "R-09" }]);
    expect(stored.title).toMatch(/changes the policy's text$/);
  });

  test.each<[string, Manifest, RegExp]>([
    ["that does not parse", withText(`${ALLOW}\npermit(principal, action`), /At line 2, column 25: unexpected end of input/],
    ["about a tool that it does not declare", withText('permit(principal, action == Action::"payout_send", resource);'), /At line 1, column \d+: unrecognized action `Action::"payout_send"`/],
    ["about an argument that it does not declare", withText('permit(principal, action == Action::"refund_create", resource)\nwhen { context.input has amount && context.input.amout.lessThan(decimal("1.0")) };'), /At line 2, column 36: attribute `input.amout`.*did you mean `amount`/],
    ["about a tool that is gone", withText('permit(principal, action == Action::"refund_create", resource);', { tools: manifest().tools.slice(0, 1) }), /refund_create/],
    ["that is empty", withText(""), /There is no policy here/],
    ["with more errors than are shown", withText(Array.from({ length: 9 }, (_, index) => `permit(principal, action == Action::"t${index}", resource);`).join("\n")), /There are 6 more errors/],
  ])("is refused with a text %s, and nothing is kept of it", async (_, refused, sentence) => {
    const agent = await makeAgent();
    const versions = () => prisma().agentVersion.count({ where: { agentId: agent.id } });
    const before = await versions();
    await expect(agent.register(refused)).rejects.toThrow(sentence);
    await expect(agent.register(refused)).rejects.toBeInstanceOf(BadInput);
    expect(await versions()).toBe(before);
  });

  test.each(["api", "console", "observed"] as const)("is refused whichever way it comes: %s", async (source) => {
    const agent = await makeAgent();
    const actor = source === "console" ? agent.owners.technical_owner : systemActor;
    await expect(registerVersion(actor, registrationSchema.parse({ agentId: agent.id, manifest: withText("nonsense"), source }))).rejects.toBeInstanceOf(BadInput);
  });

  test("is refused as an edit of an open change, whose approvals stay", async () => {
    const agent = await makeAgent();
    const { change } = await agent.register(withText(ALLOW));
    await expect(agent.register(withText("nonsense"), { replacesChangeId: change?.id ?? "" })).rejects.toBeInstanceOf(BadInput);
    expect(await prisma().change.findUniqueOrThrow({ where: { id: change?.id ?? "" } })).toMatchObject({ state: "open", revision: 1 });
  });
});
