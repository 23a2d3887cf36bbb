// Is this the state that we gave to the client, about this very call, and still good?

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";

const PREFIX = "hp1.";
/** Nobody decides about a call of longer ago. */
const GOOD_FOR_MS = 60 * 60_000;

const content = z.object({
  /** The gate is asked about the same call again under these two. */
  conversationId: z.string(), toolCallId: z.string(),
  /** Of the tool's name and its arguments. */
  digest: z.string(),
  /** For another one it would be another call. */
  user: z.string().nullable(), segment: z.string().nullable(),
  principal: z.string(),
  expiresAtMs: z.number(),
  /** Told once: what was used is not taken again. */
  nonce: z.string(),
  approvalId: z.string().nullable(),
  /** The call was permitted and the server behind asked for more; with what the server wants back. */
  permitted: z.object({ upstream: z.string().nullable() }).nullable(),
});
export type RequestState = z.infer<typeof content>;

export class RequestStates {
  /** Of this process alone: what was used is known nowhere else, so another one must not take it. */
  readonly #secret = randomBytes(32);

  seal(state: Omit<RequestState, "expiresAtMs">, nowMs: number): string {
    const body = Buffer.from(JSON.stringify({ ...state, expiresAtMs: nowMs + GOOD_FOR_MS })).toString("base64url");
    return `${PREFIX}${body}.${this.#sign(body).toString("base64url")}`;
  }

  isOurs(text: unknown): text is string {
    return typeof text === "string" && text.startsWith(PREFIX);
  }

  /** Null: forged, worn out, or of another call or client. */
  open(text: string, { digest, principal }: Pick<RequestState, "digest" | "principal">, nowMs: number): RequestState | null {
    const [body = "", signature = ""] = text.slice(PREFIX.length).split(".");
    const [given, wanted] = [Buffer.from(signature, "base64url"), this.#sign(body)];
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
    const state = content.safeParse(JSON.parse(Buffer.from(body, "base64url").toString("utf8")));
    return state.success && state.data.digest === digest && state.data.principal === principal && nowMs < state.data.expiresAtMs ? state.data : null;
  }

  #sign(body: string): Buffer {
    return createHmac("sha256", this.#secret).update(body).digest();
  }
}
