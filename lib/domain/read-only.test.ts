import { expect, it } from "vitest";
import { readOnlyReason } from "./read-only.ts";
import { HOUSE_ROLES, OWNER_ROLES, type HouseRole, type PersonActor } from "./roles.ts";

const person = (roles: readonly HouseRole[], owns: PersonActor["owns"] = {}): PersonActor => ({ kind: "person", id: "pe_1", name: "Vera", roles, owns });

it.each([
  [["viewer"], "You are a viewer: you may look, and change nothing."],
  [["auditor"], "You are an auditor: you may look, and change nothing."],
  [["viewer", "auditor"], "You are a viewer and an auditor: you may look, and change nothing."],
  [[], "You have no role yet and own no agent: you may look, and change nothing."],
] as const)("%j changes nothing, and is told why", (roles, reason) => expect(readOnlyReason(person(roles))).toBe(reason));

it("whoever may change something is not read only", () => {
  for (const role of HOUSE_ROLES.filter((each) => each !== "viewer" && each !== "auditor")) expect(readOnlyReason(person(["viewer", role])), role).toBeNull();
  for (const role of OWNER_ROLES) expect(readOnlyReason(person(["viewer"], { "refund-bot": [role] })), role).toBeNull();
});
