// How does every endpoint come to be? One definition gives the handler, the permission check and the entry in the OpenAPI document.

import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import type { z } from "zod";
import { answerOfRefusal, answerRequest, needsOf, type Answer, type Endpoint, type Needs, type SentRequest, type Write } from "./answer-request.ts";
import type { AgentApi, Environment } from "./environment.ts";
import { unsupported } from "./http-refusal.ts";
import { documentRoute, type Documented } from "./openapi-document.ts";
import { readBody, type BodySource } from "./read-body.ts";
import type { RefusalAnswer } from "./refusal-answer.ts";

export interface AgentRoute {
  method: Documented["method"];
  path: string;
  needs: Needs;
  register: (api: AgentApi) => void;
}

/** One that `leanListener` can answer as well, without the router. */
export interface LeanRoute extends AgentRoute {
  answer: (sent: SentRequest, write: Write<Answer, void>) => Promise<void>;
}

/** Its address has no parameters, its body is JSON, and nothing but an answer is made of it. */
type LeanEndpoint<Body extends z.ZodType> = Omit<Endpoint<z.ZodUndefined, z.ZodUndefined, Body, Answer>, "params" | "query" | "refuse"> & { method: "post"; body: Body };

const MAX_JSON_BYTES = 8 * 1024 * 1024;

export function route<Params extends z.ZodType = z.ZodUndefined, Query extends z.ZodType = z.ZodUndefined, Body extends z.ZodType = z.ZodUndefined>(
  endpoint: Endpoint<Params, Query, Body>,
): AgentRoute {
  const needs = needsOf(endpoint);
  const honoPath = endpoint.path.replace(/\{(\w+)\}/g, ":$1");
  return {
    method: endpoint.method,
    path: endpoint.path,
    needs,
    register: (api) => {
      documentRoute(api, endpoint, needs !== "nothing", { params: endpoint.params, query: endpoint.query, body: endpoint.body });
      api.on(endpoint.method.toUpperCase(), honoPath, (context) => answerRequest<Params, Query, Body, Answer | Response, Response>(endpoint, needs, sentIn(context), asResponse));
    },
  };
}

/** For what is asked so often that the router's requests, responses and headers cost more than the answer itself. */
export function leanRoute<Body extends z.ZodType>(endpoint: LeanEndpoint<Body>): LeanRoute {
  const needs = needsOf(endpoint);
  return { ...route<z.ZodUndefined, z.ZodUndefined, Body>(endpoint), answer: (sent, write) => answerRequest<z.ZodUndefined, z.ZodUndefined, Body, Answer, void>(endpoint, needs, sent, write) };
}

function sentIn(context: Context<Environment>): SentRequest {
  const { headers } = context.req.raw;
  const { incoming = null, outgoing = null } = (context.env as Partial<HttpBindings> | undefined) ?? {};
  const source: BodySource = {
    headers, incoming: incoming as BodySource["incoming"],
    // Not the getter of a request's body before it is needed: it would turn node's stream into a web stream.
    body: incoming ? null : context.req.raw.body,
  };
  return { headers, params: () => context.req.param(), query: () => context.req.query(), text: () => readText(source), source, outgoing: outgoing as SentRequest["outgoing"] };
}

export const isJson = (type: string | null): boolean => /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type ?? "");

async function readText(source: BodySource): Promise<string> {
  if (!isJson(source.headers.get("content-type"))) throw unsupported("The body must be JSON: Content-Type: application/json.");
  return (await readBody(source, MAX_JSON_BYTES)).toString("utf8");
}

function asResponse(made: Answer | Response, headers: Readonly<Record<string, string>>): Response {
  // The constant was made before @hono/node-server put its own Response in the place of the global one.
  if (made === RESPONSE_ALREADY_SENT) return made as Response;
  if (!(made instanceof Response)) return json(made, headers);
  for (const [name, value] of Object.entries(headers)) made.headers.set(name, value);
  return made;
}

const json = ({ status, body }: Answer, headers: Readonly<Record<string, string>>): Response =>
  body === undefined ? new Response(null, { status, headers }) : new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });

export const refusalAsJson = (refusal: RefusalAnswer): Response => json(answerOfRefusal(refusal), refusal.headers);
