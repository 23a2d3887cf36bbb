import { expect, test } from "vitest";
import { approverWords, mayApproveUndo } from "./reversal-approval.ts";
import type { PersonActor } from "./roles.ts";

const person = (id: string, owns: PersonActor["owns"] = {}): PersonActor => ({ kind: "person", id, name: id, roles: ["operator"], owns });
const asked = (approverRole: string | null) => ({ agentId: "refund-bot", startedBy: "ola", isStarterStanding: true, approverRole });
const bea = person("bea", { "refund-bot": ["business_owner"] });

test.each([
  ["whoever asked", null, person("ola"), false], ["another one", null, person("mia"), true], ["the named owner", "business_owner", bea, true], ["no owner", "business_owner", person("mia"), false],
  ["the other owner", "technical_owner", bea, false], ["the owner of another agent", "business_owner", person("bo", { other: ["business_owner"] }), false],
  ["the named owner who asked", "business_owner", { ...bea, id: "ola" }, false], ["anybody, for a role that is not known", "pope", bea, false], ["an agent by the name of a property", "business_owner", person("x", JSON.parse('{"__proto__":["business_owner"]}') as PersonActor["owns"]), false],
])("%s", (_, role, who, isOk) => {
  expect(mayApproveUndo(asked(role), who).ok).toBe(isOk);
});

test("nobody is the second person where the first counts no more", () => {
  expect(mayApproveUndo({ ...asked(null), isStarterStanding: false }, person("mia"))).toEqual({ ok: false, reason: expect.stringContaining("no longer") as string });
});

test("an approver is named", () => {
  expect(["business_owner", null].map(approverWords)).toEqual(["the agent's business owner", "a second person"]);
});
