import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effectivePermissions } from "./effective-permissions.ts";
import { may, PERMISSIONS } from "./permissions.ts";
import { HOUSE_ROLES, OWNER_ROLES, type PersonActor } from "./roles.ts";

const person = (roles: PersonActor["roles"], owns: PersonActor["owns"] = {}): PersonActor => ({ kind: "person", id: "pe_1", name: "Ana", roles, owns });
const of = (actor: PersonActor, permission: string) => effectivePermissions(actor).find((each) => each.permission === permission);

describe("effectivePermissions", () => {
  it("says where a permission comes from", () => {
    const ana = person(["operator"], { b: ["technical_owner"], a: ["model_steward", "technical_owner"] });
    expect(of(ana, "card:edit")).toMatchObject({ where: ["a", "b"], by: ["Technical owner"] });
    expect(of(ana, "agent:create")).toMatchObject({ where: "all", by: ["Operator"] });
    expect(of(ana, "people:manage")).toMatchObject({ where: [], by: [] });
    expect(of(ana, "run:read")).toMatchObject({ where: "all", by: ["Operator", "Technical owner", "Model steward"] });
  });

  it("always agrees with the table that decides", () => {
    const someone = fc.record({ roles: fc.uniqueArray(fc.constantFrom(...HOUSE_ROLES)), owned: fc.uniqueArray(fc.constantFrom(...OWNER_ROLES)) });
    fc.assert(fc.property(someone, ({ roles, owned }) => {
      const actor = person(roles, owned.length > 0 ? { mine: owned } : {});
      return PERMISSIONS.every((permission) => {
        const where = of(actor, permission)?.where;
        return may(actor, permission, "mine").ok === (where === "all" || where?.includes("mine") === true) && may(actor, permission, "other").ok === (where === "all");
      });
    }));
  });
});
