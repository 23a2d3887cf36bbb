// How does every endpoint come to be? One definition gives the handler, the permission check and the entry in the OpenAPI document.

import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import { z } from "zod";
import { hasInexactNumber } from "../domain/json-numbers.ts";
import type { Permission } from "../domain/permissions.ts";
import type { Actor } from "../domain/roles.ts";
import { logger } from "../logger.ts";
import { metrics } from "../metrics-registry.ts";
import { authenticate, requireFor, requireSomewhere } from "./authenticate.ts";
import { HttpRefusal, unsupported } from "./http-refusal.ts";
import type { AgentApi, Environment } from "./environment.ts";
import { documentRoute, type Documented } from "./openapi-document.ts";
import { readBody, type BodySource } from "./read-body.ts";
import { refusalAnswer, type RefusalAnswer } from "./refusal-answer.ts";

export interface Call<Params, Query, Body> {
  actor: Actor;
  params: Params;
  query: Query;
  body: Body;
  now: Date;
  headers: Headers;
  /** The body as it comes, for a route that reads it itself. */
  source: BodySource;
  /** Behind node:http, for a route that answers it by itself and returns `RESPONSE_ALREADY_SENT`. */
  outgoing: ServerResponse | null;
}

export interface Answer {
  status: number;
  body: unknown;
}

interface Endpoint<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> extends Documented {
  params?: Params;
  query?: Query;
  body?: Body;
  /** `exact`: a number that would be read as another one is refused, because what is decided here is carried out elsewhere. */
  numbers?: "exact";
  /** Any one of them; `nothing` only for what tells nothing about agents. */
  needs: Permission | readonly Permission[] | "nothing";
  /** The agent for which it must be held; `each`: held for any agent, and asked again for each thing that is touched. */
  about: "each" | "nothing" | ((call: { params: z.output<Params>; now: Date }) => string | null | Promise<string | null>);
  handle: (call: Call<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<Answer | Response>;
  /** Who asks, where an API key is not the only answer or is asked for too often to read it each time. */
  authenticate?: (authorization: string | null, now: Date) => Promise<Actor>;
  /** Asked so often that a line in the log for each would be noise. */
  isFrequent?: true;
  /** The shape of an error's body; JSON with `error` and `message` unless a protocol demands another. */
  refuse?: (refusal: RefusalAnswer, headers: Headers) => Response;
}

export interface AgentRoute {
  method: Documented["method"];
  path: string;
  needs: readonly Permission[] | "nothing";
  register: (api: AgentApi) => void;
}

const MAX_JSON_BYTES = 8 * 1024 * 1024;
const nothing = z.undefined();

export function route<Params extends z.ZodType = z.ZodUndefined, Query extends z.ZodType = z.ZodUndefined, Body extends z.ZodType = z.ZodUndefined>(
  endpoint: Endpoint<Params, Query, Body>,
): AgentRoute {
  const needs = typeof endpoint.needs === "string" ? (endpoint.needs === "nothing" ? "nothing" : [endpoint.needs]) : endpoint.needs;
  const honoPath = endpoint.path.replace(/\{(\w+)\}/g, ":$1");
  return {
    method: endpoint.method,
    path: endpoint.path,
    needs,
    register: (api) => {
      documentRoute(api, endpoint, needs !== "nothing", { params: endpoint.params, query: endpoint.query, body: endpoint.body });
      api.on(endpoint.method.toUpperCase(), honoPath, (context) => answer(context, endpoint, needs));
    },
  };
}

async function answer<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  context: Context<Environment>, endpoint: Endpoint<P, Q, B>, needs: readonly Permission[] | "nothing",
): Promise<Response> {
  const startedMs = performance.now();
  const requestId = requestIdOf(context.req.header("x-request-id"));
  let who: string | undefined;
  let response: Response;
  try {
    const outcome = await perform(context, endpoint, needs, (actor) => {
      who = actor.id;
    });
    // The constant was made before @hono/node-server put its own Response in the place of the global one.
    response = outcome === RESPONSE_ALREADY_SENT || outcome instanceof Response ? outcome as Response : json(outcome.status, outcome.body);
  } catch (error) {
    const refusal = refusalAnswer(error, requestId);
    response = endpoint.refuse ? endpoint.refuse(refusal, context.req.raw.headers) : refusalAsJson(refusal);
    for (const [name, value] of Object.entries(refusal.headers)) response.headers.set(name, value);
  }
  if (response !== RESPONSE_ALREADY_SENT) response.headers.set("x-request-id", requestId);
  const seconds = (performance.now() - startedMs) / 1_000;
  const label = `${endpoint.method.toUpperCase()} ${endpoint.path}`;
  metrics().httpRequests.inc({ route: label, status: String(response.status) });
  metrics().httpSeconds.observe({ route: label }, seconds);
  const level = needs === "nothing" || endpoint.isFrequent ? "debug" : "info";
  logger()[level]({ requestId, route: label, status: response.status, ms: Math.round(seconds * 1e5) / 100, actor: who }, "answered");
  return response;
}

async function perform<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  context: Context<Environment>, endpoint: Endpoint<P, Q, B>, needs: readonly Permission[] | "nothing", noteActor: (actor: Actor) => void,
): Promise<Answer | Response> {
  const now = new Date();
  const { headers } = context.req.raw;
  const actor: Actor = needs === "nothing" ? { kind: "system", id: "nobody", name: "Nobody" } : await (endpoint.authenticate ?? authenticate)(headers.get("authorization"), now);
  if (needs !== "nothing") noteActor(actor);
  const params = (endpoint.params ?? nothing).parse(endpoint.params ? context.req.param() : undefined) as z.output<P>;
  if (needs !== "nothing") {
    // Before the body is read: who may not do this costs no more than this.
    if (typeof endpoint.about === "function") requireFor(actor, needs, await endpoint.about({ params, now }));
    else requireSomewhere(actor, needs);
  }
  const query = (endpoint.query ?? nothing).parse(endpoint.query ? context.req.query() : undefined) as z.output<Q>;
  const source = sourceOf(context);
  const body = (endpoint.body ?? nothing).parse(endpoint.body ? await readJson(source, endpoint.numbers === "exact") : undefined) as z.output<B>;
  return endpoint.handle({ actor, params, query, body, now, headers, source, outgoing: (context.env as Partial<HttpBindings> | undefined)?.outgoing ?? null });
}

/** Not the getter of a request's body before it is needed: it would turn node's stream into a web stream. */
function sourceOf(context: Context<Environment>): BodySource {
  const incoming = (context.env as Partial<HttpBindings> | undefined)?.incoming ?? null;
  return { headers: context.req.raw.headers, incoming, body: incoming ? null : context.req.raw.body };
}

async function readJson(source: BodySource, mustBeExact: boolean): Promise<unknown> {
  const type = source.headers.get("content-type") ?? "";
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) throw unsupported("The body must be JSON: Content-Type: application/json.");
  const text = (await readBody(source, MAX_JSON_BYTES)).toString("utf8");
  // PostgreSQL stores no NUL; the escape is looked for, because JSON allows it in no other form.
  if (/(?<!\\)(?:\\\\)*\\u0000/.test(text)) throw new HttpRefusal(400, "bad_input", "A text in the body holds a NUL character, which cannot be stored.");
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
const requestIdOf = (given: string | undefined): string => (given !== undefined && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID());

const json = (status: number, body: unknown): Response =>
  body === undefined ? new Response(null, { status }) : Response.json(body, { status });

export function refusalAsJson({ status, code, message, fields, id, headers }: RefusalAnswer): Response {
  return Response.json({ error: code, message, ...(fields ? { fields } : {}), ...(id ? { id } : {}) }, { status, headers });
}
