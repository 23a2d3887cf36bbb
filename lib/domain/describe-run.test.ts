import { expect, it } from "vitest";
import { describeRun, type RunFacts } from "./describe-run.ts";

const plain: RunFacts = { agentId: "refund-bot", name: null, records: [], outcome: "success", isEscalated: false, isIntervened: false, errorSentence: null, toolCalls: 7, actionErrors: 0 };

it.each<[Partial<RunFacts>, string]>([
  [{}, "refund-bot: succeeded."],
  [{ name: "plan trip", records: [{ type: "order", id: "5498" }] }, "plan trip, order 5498: succeeded."],
  [{ outcome: "failure", actionErrors: 2, errorSentence: "x" }, "refund-bot: failed, 2 of 7 tool calls failed."],
  [{ outcome: "failure", errorSentence: "x" }, "refund-bot: failed."],
  [{ isIntervened: true, isEscalated: true }, "refund-bot: succeeded after a person stepped in and it was handed to a person."],
  [{ errorSentence: "x" }, "refund-bot: succeeded, with an error on the way."],
  [{ outcome: null, isEscalated: true }, "refund-bot: it was handed to a person, whether it succeeded is not known."],
  [{ outcome: null }, "refund-bot: whether it succeeded is not known."],
])("%j", (facts, sentence) => expect(describeRun({ ...plain, ...facts })).toBe(sentence));
