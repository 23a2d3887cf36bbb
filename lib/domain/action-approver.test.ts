import { describe, expect, test } from "vitest";
import { approverAnswer, type ApprovableAction } from "./action-approver.ts";
import { ANYBODY, type ActionApprover } from "./approval-ask.ts";

const NOW = new Date("2026-11-21T10:00:00Z");
const ana: ActionApprover = { id: "pe_ana", email: "Ana@example.test", roles: ["operator"] };
const held = (more: Partial<ApprovableAction> = {}): ApprovableAction => ({
  state: "held", asks: [ANYBODY], onBehalfOf: null, keyMakerIds: [], expiresAt: new Date("2026-11-21T10:10:00Z"), inputDigest: "sha256:a", reviews: [], ...more,
});
const reasonOf = (action: ApprovableAction, person = ana): string | null => {
  const answer = approverAnswer(person, action, NOW);
  return answer.ok ? null : answer.reason;
};

describe("approverAnswer", () => {
  test("whoever may approve actions, where the policy names nobody", () => expect(reasonOf(held())).toBeNull());

  test.each([
    ["role:operator", true], ["role:business_owner", false], ["person:pe_ana", true], ["person:ana@EXAMPLE.test", true], ["person:bob@example.test", false],
    ["ana@example.test", false], ["team:operator", false], ["role:", false], ["", false],
  ])("asked is %j", (approver, isOk) => expect(reasonOf(held({ asks: [{ approvers: [approver], persons: 1 }] })) === null).toBe(isOk));

  test("of several asks one is enough to have a say, none is not", () => {
    const others = [{ approvers: ["role:business_owner"], persons: 1 }, { approvers: ["role:on_call", "person:bob@example.test"], persons: 2 }];
    expect(reasonOf(held({ asks: others }))).toBe("The policy asks the business owner, and the on-call or bob@example.test; you are none of them here.");
    expect(reasonOf(held({ asks: [...others, { approvers: ["role:operator"], persons: 1 }] }))).toBeNull();
    expect(reasonOf(held({ asks: [] }))).not.toBeNull();
  });

  test("never for oneself", () => {
    for (const onBehalfOf of ["pe_ana", "ana@example.test", " ANA@example.test "]) expect(reasonOf(held({ onBehalfOf }))).toMatch(/own behalf/);
    expect(reasonOf(held({ onBehalfOf: "cust_81" }))).toBeNull();
  });

  test("never what one may have sent oneself, however one is asked", () => {
    expect(reasonOf(held({ keyMakerIds: ["pe_bob", "pe_ana"], asks: [{ approvers: ["person:pe_ana"], persons: 1 }] }))).toMatch(/a key that you made/);
    expect(reasonOf(held({ keyMakerIds: ["pe_bob"] }))).toBeNull();
  });

  test("one word per person for the same arguments; other arguments start anew", () => {
    const reviews = [{ personId: "pe_ana", verdict: "approve", inputDigest: "sha256:a" }];
    expect(reasonOf(held({ reviews }))).toMatch(/another person/);
    expect(reasonOf(held({ reviews, inputDigest: "sha256:b" }))).toBeNull();
    expect(reasonOf(held({ reviews: [{ personId: "pe_ana", verdict: "ask", inputDigest: "sha256:a" }] }))).toBeNull();
  });

  test("not after its time, nor when it is decided", () => {
    expect(reasonOf(held({ expiresAt: NOW }))).toMatch(/time is over/);
    expect(reasonOf(held({ state: "stopped" }))).toBe("It is decided already: stopped by a kill switch.");
    expect(reasonOf(held({ state: "__proto__" }))).toMatch(/not known/);
  });
});
