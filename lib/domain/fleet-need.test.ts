import { expect, test } from "vitest";
import { needOf, worseSentence, type NeedFacts } from "./fleet-need.ts";

const now = new Date("2026-11-21T06:00:00Z");
const ago = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
const facts = (changes: Partial<NeedFacts> = {}): NeedFacts => ({
  id: "refund-bot", tier: 1, standing: null, stoppedTools: 0, openFindings: 0, openCriticalChanges: 0, askingRuns: 0, lastSeenAt: ago(1), rhythm: { gapMs: 60_000, longestPauseMs: 0 }, ranges: [], hasWriteTools: true,
  stop: null, finding: null, change: null, asking: null, ...changes,
});
const stop = { id: "st_1", name: "refund-bot", scope: "agent", words: "stopping", engagedBy: "Ana", engagedAt: ago(2) };
const finding = { id: "fi_1", sentence: "A prompt that nobody reviewed runs", openedAt: ago(9), openChangeId: null };
const change = { id: "ch_1", title: "Refunds up to 500 EUR", proposedAt: ago(30), expiresAt: ago(-30) };

test("a normal agent needs nothing", () => expect(needOf(facts(), now)).toBeNull());

test.each<[string, Partial<NeedFacts>, string, string, object]>([
  ["a stop says how far it is proven", { standing: "stopping", stop }, "Stopping.", "Open the stop", { kind: "stop", stopId: "st_1" }],
  ["a stop of a wider scope is named", { standing: "not_proven", stop: { ...stop, scope: "fleet", name: "the whole fleet", words: "stop not proven" } }, "Stop not proven through the stop of the whole fleet.", "Open the stop", { kind: "stop", stopId: "st_1" }],
  ["a finding leads to itself", { openFindings: 2, finding }, "A prompt that nobody reviewed runs. 1 more unreviewed change.", "Open the finding", { kind: "finding", findingId: "fi_1" }],
  ["a finding in review leads to the change", { openFindings: 1, finding: { ...finding, openChangeId: "ch_9" } }, "A prompt that nobody reviewed runs.", "Review the change", { kind: "change", changeId: "ch_9" }],
  ["a critical change", { openCriticalChanges: 3, change }, "A critical change waits: Refunds up to 500 EUR. 2 more critical changes.", "Review the change", { kind: "change", changeId: "ch_1" }],
  ["runs that stay cut", { askingRuns: 2, asking: { stopId: "st_2", since: "2026-11-21T05:00:00Z" }, openCriticalChanges: 1, change }, "2 runs that a stop cut ask to go on since its release.", "Open the stop", { kind: "stop", stopId: "st_2" }],
  ["a stopped tool does not stop its agent", { stoppedTools: 1, stop: { ...stop, scope: "tool", name: "pay of refund-bot", words: "stopped, proven in 0.2 s" } }, "Pay of refund-bot: stopped, proven in 0.2 s. The rest goes on.", "Open the stop", { kind: "stop", stopId: "st_1" }],
  ["worse than usual", { ranges: [{ metric: "errors", word: "special cause, worse" }, { metric: "cost", word: "within its usual range" }] }, "Above the usual range in the last 24 hours: action errors.", "See the metrics", { kind: "metrics", agentId: "refund-bot" }],
  ["silent, and may write", { lastSeenAt: ago(11) }, "No sign of it for longer than it ever paused this week; it has tools that change something.", "Look at it", { kind: "agent", agentId: "refund-bot" }],
])("%s", (_name, changes, sentence, label, target) => {
  expect(needOf(facts(changes), now)).toMatchObject({ sentence, step: { label, target } });
});

test("only what is a warning on the page Now is one on the page of an agent", () => {
  const worse = "special cause, worse" as const;
  expect(worseSentence([{ metric: "latency", word: worse }, { metric: "escalations", word: worse }, { metric: "cost", word: worse }])).toBe("Above the usual range in the last 24 hours: escalations, cost per task.");
  expect(worseSentence([{ metric: "latency", word: worse }, { metric: "errors", word: "special cause, better" }])).toBeNull();
});
