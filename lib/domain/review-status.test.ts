import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { REVIEW_ROLES, SUITES, type Obligation, type ReviewRole, type Suite } from "./review-policy.ts";
import { approvalAnswer, reviewStatus, type ChangeForReview, type ReviewRecord, type SuiteRecord } from "./review-status.ts";
import { HOUSE_ROLES, OWNER_ROLES, type Role } from "./roles.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
const at = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1_000);
const review = (...roles: ReviewRole[]): Obligation[] => roles.map((role) => ({ kind: "review", role }));
const suite = (name: Suite): Obligation => ({ kind: "suite", suite: name });
const yes = (personId: string, roles: Role[], more: Partial<ReviewRecord> = {}): ReviewRecord => ({ personId, personName: personId, roles, decision: "approve", fingerprint: "f1", voided: false, at: at(-60), ...more });
const ran = (passed: number, failed: number, undecided: number, more: Partial<SuiteRecord> = {}): SuiteRecord => ({ suite: "regression", fingerprint: "f1", passed, failed, undecided, at: at(-60), ...more });
const change = (more: Partial<ChangeForReview> = {}): ChangeForReview =>
  ({ state: "open", authorIds: ["author"], fingerprint: "f1", expiresAt: at(60), obligations: review("business_owner", "technical_owner"), approvals: [], suiteResults: [], ...more });
const stateOf = (more: Partial<ChangeForReview>): string => reviewStatus(change(more), NOW).state;

describe("reviews", () => {
  const [BO, TO, MS] = OWNER_ROLES;
  test.each<[string, Partial<ChangeForReview>, string]>([
    ["nobody", {}, "open"],
    ["one of two", { approvals: [yes("a", [BO])] }, "open"],
    ["both", { approvals: [yes("a", [BO]), yes("b", [TO])] }, "approvable"],
    ["one person with both roles", { approvals: [yes("a", [BO, TO])] }, "open"],
    ["one person twice", { approvals: [yes("a", [BO, TO]), yes("a", [BO, TO])] }, "open"],
    ["one person twice, with one role each", { approvals: [yes("a", [BO]), yes("a", [TO])] }, "open"],
    ["two with both roles", { approvals: [yes("a", [BO, TO]), yes("b", [BO, TO])] }, "approvable"],
    ["A holds both, B one", { approvals: [yes("a", [BO, TO]), yes("b", [BO])] }, "approvable"],
    ["B one, A both", { approvals: [yes("b", [BO]), yes("a", [BO, TO])] }, "approvable"],
    ["a chain of three", { obligations: review(BO, TO, MS), approvals: [yes("a", [BO, TO]), yes("b", [TO, MS]), yes("c", [BO])] }, "approvable"],
    ["a chain of three in vain", { obligations: review(BO, TO, MS), approvals: [yes("a", [BO, TO]), yes("b", [BO, TO]), yes("c", [BO, TO])] }, "open"],
    ["the author", { approvals: [yes("author", [BO]), yes("b", [TO])] }, "open"],
    ["another fingerprint", { approvals: [yes("a", [BO], { fingerprint: "f0" }), yes("b", [TO])] }, "open"],
    ["a void one", { approvals: [yes("a", [BO], { voided: true }), yes("b", [TO])] }, "open"],
    ["a rejection", { approvals: [yes("a", [BO], { decision: "reject" }), yes("b", [TO])] }, "open"],
    ["the wrong role", { approvals: [yes("a", [MS]), yes("b", [TO])] }, "open"],
    ["a role of the house", { approvals: [yes("a", ["administrator"]), yes("b", [TO])] }, "open"],
    ["any reviewer", { obligations: review("any_reviewer"), approvals: [yes("a", [MS])] }, "approvable"],
    ["any reviewer who owns nothing", { obligations: review("any_reviewer"), approvals: [yes("a", ["administrator", "operator"])] }, "open"],
    ["any reviewer beside an owner, by one", { obligations: review("any_reviewer", TO), approvals: [yes("a", [TO])] }, "open"],
    ["any reviewer beside an owner, by two", { obligations: review("any_reviewer", TO), approvals: [yes("a", [TO]), yes("b", [MS])] }, "approvable"],
    ["a role asked twice, by one", { obligations: review(TO, TO), approvals: [yes("a", [TO])] }, "open"],
    ["a role asked twice, by two", { obligations: review(TO, TO), approvals: [yes("a", [TO]), yes("b", [TO])] }, "approvable"],
    ["no obligations and nobody", { obligations: [] }, "open"],
    ["no obligations and an owner", { obligations: [], approvals: [yes("a", [MS])] }, "approvable"],
    ["no obligations and somebody else", { obligations: [], approvals: [yes("a", ["viewer"])] }, "open"],
    ["no obligations and the author", { obligations: [], approvals: [yes("author", [BO])] }, "open"],
    ["in the last moment", { approvals: [yes("a", [BO]), yes("b", [TO])], expiresAt: at(0.001) }, "approvable"],
    ["too late", { approvals: [yes("a", [BO]), yes("b", [TO])], expiresAt: at(0) }, "expired"],
    ...["approved", "rejected", "withdrawn", "expired", "superseded"].map((state): [string, Partial<ChangeForReview>, string] => [`of a change that was ${state}`, { state, approvals: [yes("a", [BO]), yes("b", [TO])] }, "closed"]),
  ])("%s", (_, more, state) => {
    expect(stateOf(more)).toBe(state);
  });

  test("each obligation says who met it, or what is missing", () => {
    const status = reviewStatus(change({ approvals: [yes("b", [BO, TO]), yes("a", [BO])] }), NOW);
    expect(status.obligations.map(({ state, by }) => [state, by])).toEqual([["met", "a"], ["met", "b"]]);
    expect(status.blockers).toEqual([]);
    expect(reviewStatus(change({ approvals: [yes("b", [TO])] }), NOW).blockers).toEqual(["Business owner has not approved."]);
    expect(reviewStatus(change({ expiresAt: at(-1), approvals: [yes("b", [TO])] }), NOW).blockers).toEqual(["The time to decide is over.", "Business owner has not approved."]);
    expect(reviewStatus(change({ obligations: [] }), NOW).blockers).toEqual(["One of the owners has not approved."]);
    expect(reviewStatus(change({ obligations: [suite("golden")] }), NOW).blockers).toEqual(["One of the owners has not approved.", "Golden suite has not run on this fingerprint."]);
  });
});

describe("suites", () => {
  const reviewed = { obligations: [...review("technical_owner"), suite("regression")], approvals: [yes("a", ["technical_owner"])] };
  test.each<[string, SuiteRecord[], string, string]>([
    ["not run", [], "not_run", "open"],
    ["all pass", [ran(12, 0, 0)], "met", "approvable"],
    ["one fails", [ran(11, 1, 0)], "failed", "open"],
    ["cannot tell", [ran(11, 0, 1)], "cannot_tell", "open"],
    ["fails and cannot tell", [ran(10, 1, 1)], "failed", "open"],
    ["ran no case", [ran(0, 0, 0)], "not_run", "open"],
    ["another suite", [ran(12, 0, 0, { suite: "golden" })], "not_run", "open"],
    ["another fingerprint", [ran(12, 0, 0, { fingerprint: "f0" })], "not_run", "open"],
    ["failed, then passed", [ran(11, 1, 0, { at: at(-9) }), ran(12, 0, 0, { at: at(-1) })], "met", "approvable"],
    ["passed, then failed", [ran(12, 0, 0, { at: at(-9) }), ran(11, 1, 0, { at: at(-1) })], "failed", "open"],
    ["failed later, listed first", [ran(11, 1, 0, { at: at(-1) }), ran(12, 0, 0, { at: at(-9) })], "failed", "open"],
    ["both in one moment", [ran(12, 0, 0), ran(11, 1, 0)], "failed", "open"],
    ["both in one moment, more cases in the failing one", [ran(5, 0, 0), ran(12, 1, 0)], "failed", "open"],
    ["passed and cannot tell in one moment", [ran(12, 0, 0), ran(11, 0, 1)], "cannot_tell", "open"],
    ["passed and ran no case in one moment", [ran(12, 0, 0), ran(0, 0, 0)], "not_run", "open"],
    ["passed on an older fingerprint, later", [ran(11, 1, 0, { at: at(-9) }), ran(12, 0, 0, { fingerprint: "f0", at: at(-1) })], "failed", "open"],
  ])("%s", (_, suiteResults, obligationState, state) => {
    const status = reviewStatus(change({ ...reviewed, suiteResults }), NOW);
    expect(status.obligations[1]?.state).toBe(obligationState);
    expect(status.state).toBe(state);
    expect(reviewStatus(change({ ...reviewed, suiteResults: suiteResults.toReversed() }), NOW).state).toBe(state);
  });

  test("tell where the run is that counts", () => {
    const urlOf = (suiteResults: SuiteRecord[]) => reviewStatus(change({ ...reviewed, suiteResults }), NOW).obligations[1]?.url;
    expect([urlOf([]), urlOf([ran(12, 0, 0)])]).toEqual([null, null]);
    expect(urlOf([ran(12, 0, 0, { url: "https://ci.example.test/2", at: at(-1) }), ran(12, 0, 0, { url: "https://ci.example.test/1", at: at(-9) })])).toBe("https://ci.example.test/2");
  });

  test("alone are not enough: a person must say yes", () => {
    expect(stateOf({ obligations: [suite("regression")], suiteResults: [ran(1, 0, 0)] })).toBe("open");
    expect(stateOf({ obligations: [suite("regression")], suiteResults: [ran(1, 0, 0)], approvals: [yes("a", ["model_steward"])] })).toBe("approvable");
  });
});

describe("who may say yes", () => {
  const ask = (personId: string, roles: Role[], more: Partial<ChangeForReview> = {}) => approvalAnswer({ personId, roles }, change(more), NOW);
  test.each<[string, ReturnType<typeof ask>, RegExp | ReviewRole[]]>([
    ["an owner", ask("a", ["business_owner"]), ["business_owner"]],
    ["an owner in two roles", ask("a", ["business_owner", "technical_owner", "viewer"]), ["business_owner", "technical_owner"]],
    ["an owner where anyone will do", ask("a", ["model_steward"], { obligations: review("any_reviewer") }), ["any_reviewer"]],
    ["an owner where nobody is asked", ask("a", ["model_steward"], { obligations: [] }), ["any_reviewer"]],
    ["somebody else where nobody is asked", ask("a", ["administrator"], { obligations: [] }), /Only one of the agent's owners/],
    ["somebody without the role", ask("a", ["model_steward", "administrator"]), /It needs business owner and technical owner; you hold none/],
    ["the author", ask("author", ["business_owner"]), /You proposed this change/],
    ["who has approved", ask("a", ["business_owner"], { approvals: [yes("a", ["business_owner"])] }), /decided already/],
    ["who has rejected", ask("a", ["business_owner"], { approvals: [yes("a", [], { decision: "reject" })] }), /decided already/],
    ["whose approval is void", ask("a", ["business_owner"], { approvals: [yes("a", ["business_owner"], { voided: true })] }), ["business_owner"]],
    ["who approved another fingerprint", ask("a", ["business_owner"], { approvals: [yes("a", ["business_owner"], { fingerprint: "f0" })] }), ["business_owner"]],
    ["too late", ask("a", ["business_owner"], { expiresAt: NOW }), /time to decide is over/],
    ["after the decision", ask("a", ["business_owner"], { state: "rejected" }), /This change is rejected/],
  ])("%s", (_, answer, expected) => {
    if (expected instanceof RegExp) expect(answer).toMatchObject({ ok: false, reason: expect.stringMatching(expected) as unknown });
    else expect(answer).toEqual({ ok: true, roles: expected });
  });
});

const roles = fc.subarray<Role>([...HOUSE_ROLES.slice(0, 2), ...OWNER_ROLES]);
const people = ["author", "a", "b", "c", "d"];
const approval = fc.record({ personId: fc.constantFrom(...people), roles, decision: fc.constantFrom("approve" as const, "approve" as const, "reject" as const), fingerprint: fc.constantFrom("f1", "f1", "f0"), voided: fc.constantFrom(false, false, true) }).map((part) => yes(part.personId, part.roles, part));
const result = fc.record({ suite: fc.constantFrom(...SUITES), fingerprint: fc.constantFrom("f1", "f0"), passed: fc.nat(2), failed: fc.nat(1), undecided: fc.nat(1), at: fc.integer({ min: -3, max: 0 }).map(at) });
const anyChange = fc.record({
  state: fc.constantFrom("open", "open", "open", "approved"), expiresAt: fc.constantFrom(at(60), at(60), at(60), at(-1)),
  obligations: fc.array(fc.oneof(fc.constantFrom(...REVIEW_ROLES).map((role): Obligation => ({ kind: "review", role })), fc.constantFrom(...SUITES).map(suite)), { maxLength: 4 }),
  approvals: fc.array(approval, { maxLength: 6 }), suiteResults: fc.array(result, { maxLength: 4 }),
}).map(change);
const met = (one: ChangeForReview): number => reviewStatus(one, NOW).obligations.filter(({ state }) => state === "met").length;
const withYes = (one: ChangeForReview, personId: string, held: Role[]): ChangeForReview => ({ ...one, approvals: [...one.approvals, yes(personId, held)] });

describe("always", () => {
  test("the author's approvals change nothing, however many", () => {
    fc.assert(fc.property(anyChange, fc.array(roles, { maxLength: 4 }), (one, held) => {
      const more = { ...one, approvals: [...held.map((own) => yes("author", own)), ...one.approvals, ...held.map((own) => yes("author", own))] };
      expect(reviewStatus(more, NOW)).toEqual(reviewStatus(one, NOW));
    }));
  });

  test("an open change takes effect only with as many other people as roles asked, each fit for a role", () => {
    fc.assert(fc.property(anyChange, (one) => {
      if (reviewStatus(one, NOW).state !== "approvable") return;
      const counting = one.approvals.filter(({ personId, decision, voided, fingerprint, roles: held }) => personId !== "author" && decision === "approve" && !voided && fingerprint === "f1" && OWNER_ROLES.some((role) => held.includes(role)));
      const asked = one.obligations.filter(({ kind }) => kind === "review").length;
      expect(new Set(counting.map(({ personId }) => personId)).size).toBeGreaterThanOrEqual(Math.max(1, asked));
    }));
  });

  test("as many roles are met as any assignment could meet", () => {
    const best = (asked: readonly ReviewRole[], left: readonly { personId: string; roles: readonly Role[] }[]): number => {
      const [role, ...rest] = asked;
      if (role === undefined) return 0;
      const takers = left.filter((person) => (role === "any_reviewer" ? OWNER_ROLES.some((owner) => person.roles.includes(owner)) : person.roles.includes(role)));
      return Math.max(best(rest, left), ...takers.map((taker) => 1 + best(rest, left.filter(({ personId }) => personId !== taker.personId))));
    };
    fc.assert(fc.property(fc.array(fc.constantFrom(...REVIEW_ROLES), { maxLength: 4 }), fc.array(roles, { maxLength: 4 }), (asked, held) => {
      const approvals = held.map((own, index) => yes(people[index + 1] ?? "z", own));
      expect(met(change({ obligations: review(...asked), approvals }))).toBe(best(asked, approvals));
    }));
  });

  test("a yes that is allowed brings the change forward or leaves it, and one that is refused changes nothing", () => {
    fc.assert(fc.property(anyChange, fc.constantFrom(...people, "new"), roles, (one, personId, held) => {
      const [before, after] = [reviewStatus(one, NOW), reviewStatus(withYes(one, personId, held), NOW)];
      const answer = approvalAnswer({ personId, roles: held }, one, NOW);
      expect(met(withYes(one, personId, held))).toBeGreaterThanOrEqual(met(one));
      if (before.state === "approvable") expect(after.state).toBe("approvable");
      const hasDecided = one.approvals.some((own) => own.personId === personId && !own.voided && own.fingerprint === "f1");
      if (!answer.ok && !hasDecided) expect(after.state).toBe(before.state);
      if (!answer.ok && !hasDecided && personId !== "author" && before.state === "open") expect(met(withYes(one, personId, held))).toBe(met(one));
    }));
  });

  test("the order of approvals decides nothing", () => {
    fc.assert(fc.property(anyChange, (one) => {
      const turned = { ...one, approvals: one.approvals.toReversed(), suiteResults: one.suiteResults.toReversed() };
      expect(reviewStatus(turned, NOW).state).toBe(reviewStatus(one, NOW).state);
      expect(met(turned)).toBe(met(one));
    }));
  });

  test("an open change that cannot take effect says what is missing", () => {
    fc.assert(fc.property(anyChange, (one) => {
      const { state, blockers } = reviewStatus(one, NOW);
      if (state === "open" || state === "expired") expect(blockers.length).toBeGreaterThan(0);
      if (state === "approvable") expect(blockers).toEqual([]);
    }));
  });
});
