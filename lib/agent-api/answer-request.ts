// What becomes of a request, whichever way it came? Who asks, whether they may, what they say and what is answered; then its figures and its line in the log.

import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { z } from "zod";
import { hasInexactNumber } from "../domain/json-numbers.ts";
import type { Permission } from "../domain/permissions.ts";
import type { Actor } from "../domain/roles.ts";
import { logger } from "../logger.ts";
import { metrics } from "../metrics-registry.ts";
import { authenticate, requireFor, requireSomewhere } from "./authenticate.ts";
import { HttpRefusal } from "./http-refusal.ts";
import type { Documented } from "./openapi-document.ts";
import type { BodySource, SentHeaders } from "./read-body.ts";
import { refusalAnswer, type RefusalAnswer } from "./refusal-answer.ts";

export interface Call<Params, Query, Body> {
  actor: Actor;
  params: Params;
  query: Query;
  body: Body;
  now: Date;
  headers: SentHeaders;
  /** The body as it comes, for a route that reads it itself. */
  source: BodySource;
  /** Behind node:http, for a route that answers it by itself and returns `RESPONSE_ALREADY_SENT`. */
  outgoing: ServerResponse | null;
}

export interface Answer {
  status: number;
  body: unknown;
}

export interface Endpoint<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType, Made extends Answer | Response = Answer | Response> extends Documented {
  params?: Params;
  query?: Query;
  body?: Body;
  /** `exact`: a number that would be read as another one is refused, because what is decided here is carried out elsewhere. */
  numbers?: "exact";
  /** Any one of them; `nothing` only for what tells nothing about agents. */
  needs: Permission | readonly Permission[] | "nothing";
  /** The agent for which it must be held; `each`: held for any agent, and asked again for each thing that is touched. */
  about: "each" | "nothing" | ((call: { params: z.output<Params>; now: Date }) => string | null | Promise<string | null>);
  handle: (call: Call<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<Made>;
  /** Who asks, where an API key is not the only answer or is asked for too often to read it each time. */
  authenticate?: (authorization: string | null, now: Date) => Promise<Actor>;
  /** Asked so often that a line in the log for each would be noise. */
  isFrequent?: true;
  /** The shape of an error's body; JSON with `error` and `message` unless a protocol demands another. */
  refuse?: (refusal: RefusalAnswer, headers: SentHeaders) => Made;
}

export type Needs = readonly Permission[] | "nothing";

/** What a way to here knows of a request. */
export interface SentRequest {
  headers: SentHeaders;
  params: () => unknown;
  query: () => unknown;
  /** The whole body of a request that says it is JSON. Throws `HttpRefusal`. */
  text: () => Promise<string>;
  source: BodySource;
  outgoing: ServerResponse | null;
}

/** Puts an answer on its way back. Throws before anything is sent, or not at all. */
export type Write<Made, Written> = (made: Made | Answer, headers: Readonly<Record<string, string>>) => Written;

const nothing = z.undefined();

export const needsOf = ({ needs }: { needs: Permission | Needs }): Needs => (typeof needs === "string" && needs !== "nothing" ? [needs] : needs);

/** Never rejects: what goes wrong is an answer too. */
export async function answerRequest<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, Made extends Answer | Response, Written>(
  endpoint: Endpoint<P, Q, B, Made>, needs: Needs, sent: SentRequest, write: Write<Made, Written>,
): Promise<Written> {
  const startedMs = performance.now();
  const requestId = requestIdOf(sent.headers.get("x-request-id"));
  let who: string | undefined;
  let made: Made | Answer;
  let written: Written;
  try {
    made = await perform(endpoint, needs, sent, (actor) => {
      who = actor.id;
    });
    written = write(made, { "x-request-id": requestId });
  } catch (error) {
    const refusal = refusalAnswer(error, requestId);
    made = endpoint.refuse ? endpoint.refuse(refusal, sent.headers) : answerOfRefusal(refusal);
    written = write(made, { ...refusal.headers, "x-request-id": requestId });
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  const label = `${endpoint.method.toUpperCase()} ${endpoint.path}`;
  metrics().httpRequests.inc({ route: label, status: String(made.status) });
  metrics().httpSeconds.observe({ route: label }, seconds);
  const level = needs === "nothing" || endpoint.isFrequent ? "debug" : "info";
  logger()[level]({ requestId, route: label, status: made.status, ms: Math.round(seconds * 1e5) / 100, actor: who }, "answered");
  return written;
}

async function perform<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, Made extends Answer | Response>(
  endpoint: Endpoint<P, Q, B, Made>, needs: Needs, { headers, params: sentParams, query: sentQuery, text, source, outgoing }: SentRequest, noteActor: (actor: Actor) => void,
): Promise<Made> {
  const now = new Date();
  const actor: Actor = needs === "nothing" ? { kind: "system", id: "nobody", name: "Nobody" } : await (endpoint.authenticate ?? authenticate)(headers.get("authorization"), now);
  if (needs !== "nothing") noteActor(actor);
  const params = (endpoint.params ?? nothing).parse(endpoint.params ? sentParams() : undefined) as z.output<P>;
  if (needs !== "nothing") {
    // Before the body is read: who may not do this costs no more than this.
    if (typeof endpoint.about === "function") requireFor(actor, needs, await endpoint.about({ params, now }));
    else requireSomewhere(actor, needs);
  }
  const query = (endpoint.query ?? nothing).parse(endpoint.query ? sentQuery() : undefined) as z.output<Q>;
  const body = (endpoint.body ?? nothing).parse(endpoint.body ? parse(await text(), endpoint.numbers === "exact") : undefined) as z.output<B>;
  return endpoint.handle({ actor, params, query, body, now, headers, source, outgoing });
}

function parse(text: string, mustBeExact: boolean): unknown {
  // PostgreSQL stores no NUL; the escape is looked for, because JSON allows it in no other form.
  if (text.includes("\\u0000") && /(?<!\\)(?:\\\\)*\\u0000/.test(text)) throw new HttpRefusal(400, "bad_input", "A text in the body holds a NUL character, which cannot be stored.");
  let body: unknown;
  let isInexact: boolean;
  try {
    body = JSON.parse(text);
    isInexact = mustBeExact && hasInexactNumber(text);
  } catch {
    throw new HttpRefusal(400, "bad_input", "The body is not valid JSON.");
  }
  if (isInexact) throw new HttpRefusal(400, "bad_input", "A number in the body has more digits than can be decided about exactly; send it as text.");
  return body;
}

/** A caller's id is kept when it is harmless in a log line. */
const requestIdOf = (given: string | null): string => (given !== null && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID());

export const answerOfRefusal = ({ status, code, message, fields, id }: RefusalAnswer): Answer => ({ status, body: { error: code, message, ...(fields ? { fields } : {}), ...(id ? { id } : {}) } });
