import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GATE_DECISIONS, type GateDecision } from "./gate-decision.ts";
import { NARROWING_DOUBTS, outdatedReplay, policyTextFact, type PolicyTrial } from "./policy-text-fact.ts";
import { countSteps, REPLAY_CLASSES, replayClass, type DecisionStep } from "./replay-class.ts";

type Tried = Extract<PolicyTrial, { kind: "tried" }>;
const step = (before: GateDecision, after: GateDecision): DecisionStep => ({ before, after });
const tried = (steps: readonly DecisionStep[], more: Partial<Tried> = {}): Tried => ({ kind: "tried", decided: 812, since: "2026-11-03T10:12:44.000Z", steps, doubt: null, ...more });
const say = (trial: PolicyTrial | null, before: string | undefined = "a\nb", after: string | undefined = "a\nc"): string => {
  const fact = policyTextFact(before, after, trial);
  return fact ? `${fact.kind}, ${fact.group}: ${fact.sentence}` : "nothing";
};
const LINES = "policy_text_changed, changes: The text of the policy says something else: +1 −1 lines.";
const OF = "of the last 812 recorded calls, since 2026-11-03 10:12 UTC,";

describe("a policy text that differs", () => {
  test.each<[string, PolicyTrial | null, string]>([
    ["permits what was held and refused", tried([step("hold", "permit"), step("deny", "permit"), step("hold", "permit")]), `policy_text_widened, widens: The text of the policy permits more: ${OF} 3 that the old text holds or refuses would be permitted.`],
    ["holds what was refused", tried([step("deny", "hold")]), `policy_text_widened, widens: The text of the policy permits more: ${OF} 1 that the old text refuses would be held.`],
    ["permits and holds more", tried([step("deny", "hold"), step("hold", "permit")]), `policy_text_widened, widens: The text of the policy permits more: ${OF} 1 that the old text holds would be permitted and 1 that the old text refuses would be held.`],
    ["does both", tried([step("deny", "permit"), step("permit", "hold"), step("permit", "deny"), step("hold", "deny")]),
      `policy_text_mixed, widens: The text of the policy permits more in some calls and less in others: ${OF} 1 that the old text refuses would be permitted, 2 that the old text permits would be held or refused and 1 that the old text holds would be refused.`],
    ["permits less, and nothing else is possible", tried([step("permit", "hold")]), `policy_text_narrowed, narrows: The text of the policy permits nothing more than before: ${OF} 1 that the old text permits would be held.`],
    ["changes no recorded call, and nothing looser is possible", tried([]), "policy_text_narrowed, narrows: The text of the policy permits nothing more than before: none of the last 812 recorded calls, since 2026-11-03 10:12 UTC, would be decided otherwise."],
    ["permits less, as far as calls show", tried([step("permit", "deny")], { doubt: "permit" }),
      `${LINES} Of the last 812 recorded calls, since 2026-11-03 10:12 UTC, 1 that the old text permits would be refused. It is not proven for any other call: a permit was added or changed.`],
    ["changes no recorded call", tried([], { decided: 1, since: null, doubt: "forbid" }), `${LINES} None of the last 1 recorded call would be decided otherwise. It is not proven for any other call: a forbid was changed or taken away.`],
    ["has nothing to be tried on", tried([], { decided: 0, since: null }), `${LINES} There were no recorded calls to try it on.`],
    ["cannot be read", { kind: "unreadable" }, `${LINES} It could not be tried on recorded calls, because one of the two texts cannot be read.`],
    ["was not tried", null, `${LINES} It was not tried on recorded calls.`],
  ])("and %s", (_, trial, sentence) => expect(say(trial)).toBe(sentence));

  test("or comes, goes, or stays, is not tried", () => {
    const narrowed = tried([]);
    expect(policyTextFact(undefined, "a", narrowed)).toMatchObject({ kind: "policy_text_changed", group: "changes" });
    expect(policyTextFact("a", undefined, narrowed)).toMatchObject({ kind: "policy_text_changed", group: "may_skip" });
    expect(policyTextFact("a", "a", null)).toBeNull();
    expect(policyTextFact(undefined, undefined, narrowed)).toBeNull();
  });
});

const steps = fc.array(fc.record({ before: fc.constantFrom(...GATE_DECISIONS), after: fc.constantFrom(...GATE_DECISIONS) }).filter(({ before, after }) => before !== after), { maxLength: 5 });
const trials: fc.Arbitrary<PolicyTrial | null> = fc.oneof(
  fc.constantFrom<PolicyTrial | null>(null, { kind: "unreadable" }),
  fc.record({ kind: fc.constant("tried" as const), decided: fc.constantFrom(0, 5, 1_000), since: fc.constant(null), steps, doubt: fc.constantFrom(null, ...NARROWING_DOUBTS) }),
);

test("it is never said to be only narrower without calls, with one that is decided looser, or with a doubt", () => {
  fc.assert(fc.property(trials, (trial) => {
    const isNarrowed = policyTextFact("a", "b", trial)?.kind === "policy_text_narrowed";
    const mayBe = trial?.kind === "tried" && trial.decided > 0 && trial.doubt === null && countSteps(trial.steps).widened === 0;
    expect(isNarrowed).toBe(mayBe);
  }));
});

describe("what the recorded calls show later", () => {
  test("is set against what they showed when the change was classified, only where it differs", () => {
    fc.assert(fc.property(trials, fc.constantFrom(...REPLAY_CLASSES), (trial, now) => {
      const fact = policyTextFact("a", "b", trial);
      const facts = fact === null ? [] : [fact];
      const then = trial?.kind === "tried" && trial.decided > 0 ? replayClass(countSteps(trial.steps)) : "same";
      const isEqual = then === now || ([then, now].every((each) => each === "same" || each === "narrowed"));
      expect(outdatedReplay(facts, now)).toBe(isEqual ? null : (fact?.sentence ?? null));
    }));
  });

  test("contradicts nothing of a text that is gone, nor of a change without one", () => {
    const gone = policyTextFact("a", undefined, null);
    expect(outdatedReplay(gone === null ? [] : [gone], "widened")).toBeNull();
    expect(outdatedReplay([], "widened")).toBeNull();
  });
});
