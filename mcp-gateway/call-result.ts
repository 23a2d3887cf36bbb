// What does the model get to read when its call does not go through? A result with a sentence, so that it can react; never a protocol error.

import type { JsonObject } from "../lib/domain/json-object.ts";
import type { GateVerdict } from "./ask-gate.ts";
import type { ClientTraits } from "./client-traits.ts";

const DECISION = "holdpoint/decision";

type Verdict = Pick<GateVerdict, "decision" | "reason" | "sentence"> & Partial<Pick<GateVerdict, "evaluationId" | "approval" | "isRecommendation">>;

function result({ isModern }: Pick<ClientTraits, "isModern">, text: string, { decision, reason, evaluationId, approval }: Verdict): JsonObject {
  return {
    ...(isModern ? { resultType: "complete" } : {}),
    content: [{ type: "text", text }],
    isError: true,
    _meta: { [DECISION]: { decision, reason, ...(evaluationId ? { evaluationId } : {}), ...(approval ? { approval: { id: approval.id, url: approval.url, expiresAt: approval.expiresAt } } : {}) } },
  };
}

export function refused(client: Pick<ClientTraits, "isModern">, verdict: Verdict): JsonObject {
  const advice = verdict.isRecommendation ? " Say what you would have done instead." : "";
  return result(client, `Not permitted: ${verdict.sentence}${advice}`, verdict);
}

/** The gateway's own no. */
export const refusedFor = (client: Pick<ClientTraits, "isModern">, reason: string, sentence: string): JsonObject => refused(client, { decision: "deny", reason, sentence });

/** A stop came while the server had the call. */
export const cutShort = (client: Pick<ClientTraits, "isModern">, sentence: string): JsonObject =>
  refusedFor(client, "kill_switch", `${sentence} The call was under way and was cancelled; whether it took effect is not known.`);

export function callAgain(client: Pick<ClientTraits, "isModern">, verdict: Verdict): JsonObject {
  const where = verdict.approval ? ` (${verdict.approval.url})` : "";
  return result(client, `Waiting for a person: ${verdict.sentence} Nothing was done. Call the tool again with the same arguments when it is approved${where}.`, verdict);
}

/** Only for clients that can open an address for their user. */
export function inputRequired(sentence: string, url: string, requestState: string): JsonObject {
  return {
    resultType: "input_required",
    inputRequests: { approval: { method: "elicitation/create", params: { mode: "url", url, message: `Waiting for a person: ${sentence}` } } },
    requestState,
  };
}
