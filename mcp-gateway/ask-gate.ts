// What does Holdpoint itself say to this call? Whatever is no clear answer is a no.

import { createHash } from "node:crypto";
import { z } from "zod";
import type { JsonObject } from "../lib/domain/json-object.ts";
import type { Behalf } from "./behalf.ts";

const ANSWER_WITHIN_MS = 5_000;
/** Of a longer result only the digest is kept. */
const MOST_RESULT_CHARACTERS = 20_000;
/** The reason of a no that is not Holdpoint's. */
export const NOT_ASKED = "not_asked";
/** The same: asked about before under the same ids, and it was another call. */
const CONFLICT = "conflict";
export const LONGEST_TURN_MS = 25_000;

export interface Holdpoint {
  url: string;
  apiKey: string;
  agentId: string;
}

export interface GateQuestion extends Behalf {
  conversationId: string;
  toolCallId: string;
  tool: string;
  input: JsonObject;
  /** A held call is answered when a person decided, or after this time; at most `LONGEST_TURN_MS`. */
  waitMs: number;
}

const approval = z.object({ id: z.string(), status: z.string().default("held"), url: z.string().default(""), expiresAt: z.string().nullable().default(null) });
const verdict = z.object({
  decision: z.enum(["permit", "hold", "deny"]), reason: z.string().default(""), sentence: z.string().default(""), evaluationId: z.string().default(""),
  isRecommendation: z.boolean().default(false), approval: approval.nullable().default(null),
});
export type GateVerdict = z.output<typeof verdict>;

const no = (reason: string, sentence: string): GateVerdict => ({ decision: "deny", reason, sentence, evaluationId: "", isRecommendation: false, approval: null });

const refusal = z.object({ message: z.string() });
const conflictIn = (body: unknown): string => refusal.safeParse(body).data?.message ?? "Holdpoint was asked about another call under the same ids.";

/** Over: what was approved has been used. */
const OVER = new Set(["committed", "failed"]);

export class GateClient {
  readonly #holdpoint: Holdpoint;

  constructor(holdpoint: Holdpoint) {
    this.#holdpoint = { ...holdpoint, url: holdpoint.url.replace(/\/+$/, "") };
  }

  /** Never rejects. An aborted question is answered with a no, too. */
  async ask({ tool, user, ...more }: GateQuestion, signal: AbortSignal): Promise<GateVerdict> {
    let answer: Response;
    let body: unknown;
    try {
      answer = await this.#post("/v1/gate/check", { agent: { id: this.#holdpoint.agentId }, tool: { name: tool }, onBehalfOf: user === null ? null : { id: user }, ...more }, AbortSignal.any([signal, AbortSignal.timeout(more.waitMs + ANSWER_WITHIN_MS)]));
      body = await answer.json();
    } catch {
      return no(NOT_ASKED, "Holdpoint could not be asked, and without its word nothing is done.");
    }
    if (answer.status === 409) return no(CONFLICT, conflictIn(body));
    if (!answer.ok) return no(NOT_ASKED, `Holdpoint did not take the question (${answer.status}), and without its word nothing is done.`);
    const read = verdict.safeParse(body);
    if (!read.success) return no(NOT_ASKED, "Holdpoint's answer is not understood, and without its word nothing is done.");
    const { data } = read;
    if (data.decision === "permit" && data.approval && OVER.has(data.approval.status)) return no("used", "What was approved has been done already; an approval is good for one call.");
    return { ...data, approval: data.approval && { ...data.approval, url: this.#address(data.approval.url) } };
  }

  /** An approved call was done. Of one that failed nothing is told: whether it had an effect nobody knows here, and a person looks. */
  async tellDone(approvalId: string, result: JsonObject): Promise<void> {
    const text = JSON.stringify(result);
    const told = text.length <= MOST_RESULT_CHARACTERS ? result : { digest: `sha256:${createHash("sha256").update(text).digest("hex")}` };
    await this.#tell(approvalId, "commit", { result: told });
  }

  async withdraw(approvalId: string): Promise<void> {
    await this.#tell(approvalId, "withdraw", { reason: "The client of the MCP gateway gave the call up." });
  }

  async #tell(approvalId: string, what: "commit" | "withdraw", body: unknown): Promise<void> {
    await this.#post(`/v1/actions/${encodeURIComponent(approvalId)}/${what}`, body, AbortSignal.timeout(ANSWER_WITHIN_MS)).then((answer) => answer.body?.cancel(), () => undefined);
  }

  #address(url: string): string {
    return URL.canParse(url, this.#holdpoint.url) ? new URL(url, this.#holdpoint.url).href : this.#holdpoint.url;
  }

  #post(path: string, body: unknown, signal: AbortSignal): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#holdpoint.apiKey}`, "content-type": "application/json" };
    return fetch(this.#holdpoint.url + path, { method: "POST", headers, body: JSON.stringify(body), signal });
  }
}
