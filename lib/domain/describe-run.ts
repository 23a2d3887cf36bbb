// What happened in this run, in one sentence?

import type { RecordReference } from "./agent-span.ts";
import type { Outcome } from "./outcome.ts";

export interface RunFacts {
  agentId: string;
  name: string | null;
  records: readonly RecordReference[];
  outcome: Outcome | null;
  isEscalated: boolean;
  isIntervened: boolean;
  errorSentence: string | null;
  toolCalls: number;
  actionErrors: number;
}

/** For instance "refund-bot, order 5498: succeeded after a person stepped in, 2 of 7 tool calls failed." */
export function describeRun(run: RunFacts): string {
  const [record] = run.records;
  const subject = `${run.name ?? run.agentId}${record ? `, ${record.type} ${record.id}` : ""}`;
  const verb = run.outcome === "success" ? "succeeded" : run.outcome === "failure" ? "failed" : "whether it succeeded is not known";
  const after = [...(run.isIntervened ? ["a person stepped in"] : []), ...(run.isEscalated ? ["it was handed to a person"] : [])];
  const details = run.actionErrors > 0 ? [`${run.actionErrors} of ${run.toolCalls} tool calls failed`] : run.errorSentence !== null && run.outcome !== "failure" ? ["with an error on the way"] : [];
  if (run.outcome === null) return `${subject}: ${[...after, ...details, verb].join(", ")}.`;
  return `${subject}: ${[`${verb}${after.length === 0 ? "" : ` after ${after.join(" and ")}`}`, ...details].join(", ")}.`;
}
