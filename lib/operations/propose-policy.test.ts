import { beforeEach, expect, test } from "vitest";
import { prisma } from "../database/database.ts";
import { versionComponents } from "../database/version-components.ts";
import { BadInput, Conflict, NotPermitted, NotPossible } from "../errors.ts";
import { ACTING_POLICY, actingManifest, makeActingAgent, type ActingAgent } from "../testing/acting-agent.ts";
import { makePerson } from "../testing/make-agent.ts";
import { useDatabase } from "../testing/use-database.ts";
import { proposePolicy } from "./propose-policy.ts";

useDatabase();

let agent: ActingAgent;
let versionId: string;
const stricter = ACTING_POLICY.replace("100.0", "50.0");
const proposal = (changes: object = {}) => ({ agentId: agent.id, versionId, cedar: stricter, reason: "Refunds doubled.", ...changes });
const versions = () => prisma().agentVersion.count({ where: { agentId: agent.id } });

beforeEach(async () => {
  agent = await makeActingAgent({ policy: { cedar: ACTING_POLICY, rules: ["Never to strangers."] } });
  versionId = (await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } })).currentVersionId ?? "";
});

test("a proposed policy is a version that differs in its text alone, and a change under review by somebody else", async () => {
  const { version, change } = await proposePolicy(agent.owners.technical_owner, proposal());
  const [before, after] = await Promise.all([versionComponents(prisma(), versionId), versionComponents(prisma(), version.id)]);
  const rest = (components: typeof before) => components.filter(({ kind }) => kind !== "policy").map(({ digest }) => digest);
  expect(rest(after)).toEqual(rest(before));
  expect(after.find(({ kind }) => kind === "policy")?.content).toEqual({ cedar: stricter, rules: ["Never to strangers."] });
  const stored = await prisma().change.findUniqueOrThrow({ where: { id: change?.id ?? "" } });
  expect(stored).toMatchObject({ state: "open", reason: "Refunds doubled.", authorIds: [agent.owners.technical_owner.id], fromVersionId: versionId });
  expect((await prisma().agent.findUniqueOrThrow({ where: { id: agent.id } })).currentVersionId).toBe(versionId);
});

test("who may not register versions is refused before anything is read", async () => {
  const count = await versions();
  await expect(proposePolicy(await makePerson("Vera", ["viewer"]), proposal({ versionId: "av_none" }))).rejects.toThrow(NotPermitted);
  expect(await versions()).toBe(count);
});

test.each<[string, object, new (...given: never[]) => Error]>([
  ["that the gate could not apply", { cedar: 'permit(principal, action == Action::"nothing", resource);' }, BadInput], ["that does not parse", { cedar: "permit" }, BadInput],
  ["that is in force", { cedar: ACTING_POLICY }, NotPossible], ["for another version", { versionId: "av_another" }, Conflict],
])("a text %s is not registered", async (_, changes, error) => {
  const count = await versions();
  await expect(proposePolicy(agent.owners.model_steward, proposal(changes))).rejects.toThrow(error);
  expect(await versions()).toBe(count);
});

test("a draft for a version that is not current any more is refused, and nothing of the new one is undone", async () => {
  const { change } = await agent.register(actingManifest({ label: "2.0", prompt: "You handle refunds and letters." }));
  await agent.approve(change?.id ?? "");
  await expect(proposePolicy(agent.owners.technical_owner, proposal())).rejects.toThrow(Conflict);
});
