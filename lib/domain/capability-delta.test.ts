import { describe, expect, it, test } from "vitest";
import { capabilityDelta, splitNames } from "./capability-delta.ts";
import { effectOfApproval, effectOfDecision, type ChangeSubject } from "./effect-of-change.ts";
import type { Fact } from "./fact.ts";

const fact = (kind: Fact["kind"], group: Fact["group"], component: Fact["component"], subject: string): Fact => ({ kind, group, component, subject, sentence: `\`${subject}\` ${kind}.` });

describe("capabilityDelta", () => {
  it("says what is gained and what is lost even when it is nothing", () => {
    expect(capabilityDelta([])).toEqual([{ verb: "Gains", lines: [] }, { verb: "Loses", lines: [] }]);
  });

  it("orders by verb and, within one, by consequence", () => {
    const delta = capabilityDelta([
      fact("prompt_wording", "changes", "prompt", "main"), fact("tool_added_write", "gains", "tool", "refund_create"), fact("tool_added_irreversible", "gains", "tool", "payout_send"),
    ]);
    expect(delta.map(({ verb, lines }) => [verb, lines.map((line) => `${line.place}#${line.sectionId}`)])).toEqual([
      ["Gains", ["Tools#tool-payout-send", "Tools#tool-refund-create"]], ["Changes", ["Prompt#prompt-main"]], ["Loses", []],
    ]);
  });
});

test("names stand in backticks", () => {
  expect(splitNames("Tool `payout_send`: sends.")).toEqual([{ text: "Tool ", isName: false }, { text: "payout_send", isName: true }, { text: ": sends.", isName: false }]);
});

describe("what a decision does", () => {
  const version: ChangeSubject = { kind: "version", fromNumber: 41, toNumber: 42, stageNow: "partial", proposedStage: null, proposedTier: null };
  it.each([
    ["approved", version, "Version 42 became current in place of 41."],
    ["rejected", version, "Version 41 stayed as it was. Version 42 in live traffic counts as an unreviewed change."],
    ["expired", { ...version, kind: "stage", proposedStage: "bounded" }, "Nobody decided in time; nobody said no. Nothing changed."],
    ["approved", { ...version, kind: "tier", proposedTier: 2 }, "The agent was put in tier 2."],
  ])("%s: %s", (state, subject, sentence) => {
    expect(effectOfDecision(state, subject)).toBe(sentence);
  });

  it("is told before it happens", () => {
    expect(effectOfApproval(version)).toBe("After approval, version 42 becomes current at the stage partial.");
    expect(effectOfApproval({ ...version, rollout: "asked" })).toBe("After approval, version 42 waits for somebody to start its rollout; version 41 goes on until that has ended.");
    expect(effectOfDecision("approved", { ...version, rollout: "open" })).toBe("Version 42 is approved and being rolled out; version 41 is still current.");
    expect(effectOfDecision("approved", { ...version, rollout: "ended" })).toBe("Its rollout ended before version 42 became current, so version 41 stayed.");
    expect(effectOfDecision("approved", { ...version, rollout: "completed" })).toBe("Version 42 became current in place of 41.");
  });
});
