import fc from "fast-check";
import { expect, test } from "vitest";
import { ANYBODY, approverWords, isAsked, openAsks, readAsks, storedAsks, strictestAsks, type ActionApprover, type ApprovalAsk } from "./approval-ask.ts";
import type { Role } from "./roles.ts";

const ROLES = ["operator", "on_call", "business_owner"] as const satisfies Role[];
const ask = fc.record({ approvers: fc.subarray(ROLES.map((role) => `role:${role}`)), persons: fc.integer({ min: 1, max: 3 }) });
const people = fc.array(fc.subarray([...ROLES]), { maxLength: 5 }).map((all) => all.map((roles, index): ActionApprover => ({ id: `pe_${index}`, email: `${index}@example.test`, roles })));

test("an approver of one rule is none of the other; one person who is both meets both", () => {
  const asks = [{ approvers: ["role:business_owner"], persons: 1 }, { approvers: ["role:on_call"], persons: 1 }];
  const someone = (id: string, ...roles: Role[]): ActionApprover => ({ id, email: "", roles });
  expect(openAsks(asks, [someone("a", "on_call")])).toEqual([asks[0]]);
  expect(openAsks(asks, [someone("a", "on_call"), someone("b", "on_call")])).toEqual([asks[0]]);
  expect(openAsks(asks, [someone("a", "on_call"), someone("b", "business_owner")])).toEqual([]);
  expect(openAsks(asks, [someone("a", "on_call", "business_owner")])).toEqual([]);
  expect(openAsks([{ approvers: [], persons: 3 }], [someone("a")])).toEqual([{ approvers: [], persons: 2 }]);
});

test("what another ask implies is left out, and whoever meets the rest has met all", () => {
  expect(strictestAsks([ANYBODY, { approvers: ["role:business_owner"], persons: 1 }, ANYBODY])).toEqual([{ approvers: ["role:business_owner"], persons: 1 }]);
  expect(strictestAsks([ANYBODY, { approvers: [], persons: 2 }, { approvers: ["role:on_call"], persons: 1 }])).toEqual([{ approvers: [], persons: 2 }, { approvers: ["role:on_call"], persons: 1 }]);
  fc.assert(fc.property(fc.array(ask, { minLength: 1, maxLength: 5 }), people, (asks, given) => {
    expect(openAsks(strictestAsks(asks), given).length === 0).toBe(openAsks(asks, given).length === 0);
    expect(strictestAsks(asks).length).toBeGreaterThan(0);
  }));
});

test("what is stored is read again; what is not understood is met by nobody", () => {
  fc.assert(fc.property(fc.array(ask, { minLength: 1 }), (asks) => {
    expect(readAsks(JSON.parse(JSON.stringify(storedAsks(asks).asks)))).toEqual(asks);
  }));
  const everything: ActionApprover = { id: "nobody", email: "nobody", roles: [...ROLES] };
  for (const stored of [[], null, {}, "[]", [{ approvers: "role:operator", persons: 1 }], [{ approvers: [], persons: 0 }], [ANYBODY, {}]]) {
    expect(readAsks(stored).some((one: ApprovalAsk) => isAsked(everything, one))).toBe(false);
  }
});

test("approvers in words", () => {
  expect(approverWords(["role:business_owner", "role:constructor", "person:ana@example.test"])).toBe("the business owner, the role constructor or ana@example.test");
});
