// How does the API describe itself? OpenAPI 3.1, from the same definitions that answer.

import type { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { env } from "../env.ts";
import type { AgentApi } from "./environment.ts";

export interface Documented {
  method: "get" | "post" | "put";
  /** `/v1/agents/{agent}`. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  /** The answer when all goes well. */
  success: { status: number; description: string; schema?: z.ZodType; example?: unknown };
  bodyExample?: unknown;
  /** For bodies that are no JSON of ours. */
  bodyTypes?: readonly string[];
}

export const SECURITY_SCHEME = "apiKey";

type Registry = OpenAPIHono["openAPIRegistry"];
type JsonSchema = Record<string, unknown>;

/** zod-openapi cannot follow schemas that contain themselves; zod's own JSON Schema can, and OpenAPI 3.1 speaks it. */
function schemaOf(registry: Registry, schema: z.ZodType, io: "input" | "output", name: string): JsonSchema {
  const { $schema: _dialect, $defs, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any", override: describeDates }) as JsonSchema & { $defs?: Record<string, JsonSchema> };
  const prefix = `#/components/schemas/${name}`;
  const moved = (value: JsonSchema): JsonSchema => JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', `"${prefix}_`).replaceAll('"$ref":"#"', `"$ref":"${prefix}"`)) as JsonSchema;
  for (const [key, definition] of Object.entries($defs ?? {})) registry.registerComponent("schemas", `${name}_${key}`, moved(definition));
  return moved(rest);
}

function describeDates({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }): void {
  if (zodSchema._zod.def.type === "date") Object.assign(jsonSchema, { type: "string", format: "date-time" });
}

const errorSchema = z.object({
  error: z.string().describe("A short code, stable."),
  message: z.string().describe("A sentence for people."),
  fields: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  id: z.string().optional().describe("Under which a fault is found in Holdpoint's log."),
});

interface Parts {
  params: z.ZodType | undefined;
  query: z.ZodType | undefined;
  body: z.ZodType | undefined;
}

const REFUSALS: Readonly<Record<number, string>> = {
  400: "Not as it must be; `fields` says where.", 401: "No key, an unknown one, or a revoked one.", 403: "Not permitted; `message` says who may.",
  404: "There is no such thing.", 409: "Somebody was first, or the proposal changed.", 413: "Larger than the limit.", 415: "Another content type or encoding is needed.",
  422: "Understood, but the state of things does not allow it.", 429: "Too much at once; see Retry-After.", 503: "The database is away; see Retry-After.",
};

export function documentRoute(api: AgentApi, documented: Documented, isSecured: boolean, { params, query, body }: Parts): void {
  const { method, path, tag, summary, description, success } = documented;
  const registry = api.openAPIRegistry;
  const name = `${method}_${path.replace(/\W+/g, "_").replace(/^_|_$/g, "")}`;
  const types = documented.bodyTypes ?? (body ? ["application/json"] : []);
  const content = Object.fromEntries(types.map((type) => [type, {
    schema: body ? schemaOf(registry, body, "input", `${name}_request`) : {}, ...(documented.bodyExample === undefined ? {} : { example: documented.bodyExample }),
  }]));
  const refusals = Object.entries(REFUSALS).filter(([status]) => isSecured || status === "503").filter(([status]) => types.length > 0 || !["413", "415"].includes(status));
  registry.registerPath({
    method, path, tags: [tag], summary, operationId: name, ...(description ? { description } : {}),
    security: isSecured ? [{ [SECURITY_SCHEME]: [] }] : [],
    parameters: [...parametersOf(registry, params, "path", name), ...parametersOf(registry, query, "query", name)] as never,
    ...(types.length > 0 ? { request: { body: { required: true, content } } } : {}),
    responses: {
      [success.status]: {
        description: success.description,
        ...(success.schema ? { content: { "application/json": { schema: schemaOf(registry, success.schema, "output", `${name}_answer`), ...(success.example === undefined ? {} : { example: success.example }) } } } : {}),
      },
      ...Object.fromEntries(refusals.map(([status, text]) => [status, { description: text, content: { "application/json": { schema: { $ref: "#/components/schemas/Refusal" } } } }])),
    },
  });
}

function parametersOf(registry: Registry, schema: z.ZodType | undefined, place: "path" | "query", name: string): JsonSchema[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(registry, schema, "input", `${name}_${place}`) as { properties?: Record<string, JsonSchema>; required?: string[] };
  return Object.entries(properties).map(([key, { description, ...rest }]) => ({
    name: key, in: place, required: place === "path" || required.includes(key), schema: rest, ...(description === undefined ? {} : { description }),
  }));
}

export function openApiDocument(api: AgentApi): unknown {
  return api.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Holdpoint agent API", version: "1",
      description: "For agents, pipelines and the systems around them. Telemetry is OTLP/HTTP; everything else is JSON. An agent's key acts as itself within its scopes; a person's own key acts with that person's roles.",
    },
    servers: [{ url: env().publicUrl }],
  });
}

export function registerComponents(api: AgentApi): void {
  api.openAPIRegistry.registerComponent("securitySchemes", SECURITY_SCHEME, { type: "http", scheme: "bearer", description: "An API key: `Authorization: Bearer hp_…`." });
  api.openAPIRegistry.registerComponent("schemas", "Refusal", schemaOf(api.openAPIRegistry, errorSchema, "output", "Refusal") as never);
}
