import { z } from "zod";
import { agentApiRoutes } from "../../lib/agent-api/agent-api.ts";
import { expect, test } from "../fixtures.ts";

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const operations = z.record(z.string(), z.object({
  operationId: z.string().min(1), summary: z.string().min(1), tags: z.array(z.string()).min(1),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(z.object({ name: z.string(), in: z.enum(["path", "query", "header"]), required: z.boolean(), schema: z.record(z.string(), z.unknown()) })).default([]),
  requestBody: z.object({ required: z.boolean(), content: z.record(z.string(), z.looseObject({ schema: z.record(z.string(), z.unknown()), example: z.unknown().optional() })) }).optional(),
  responses: z.record(z.string().regex(/^[1-5]\d\d$/), z.object({ description: z.string().min(1), content: z.record(z.string(), z.unknown()).optional() })),
}));
/** What OpenAPI 3.1 demands, and what we promise beyond it. */
const documentSchema = z.object({
  openapi: z.string().regex(/^3\.1\.\d+$/), info: z.object({ title: z.string().min(1), version: z.string().min(1) }), servers: z.array(z.object({ url: z.url() })).min(1),
  paths: z.record(z.string().startsWith("/"), operations),
  components: z.object({ schemas: z.record(z.string().regex(/^[\w.-]+$/), z.record(z.string(), z.unknown())), securitySchemes: z.record(z.string(), z.looseObject({ type: z.string() })) }),
});

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isObject(value)) return [];
  return [...(typeof value.$ref === "string" ? [value.$ref] : []), ...Object.values(value).flatMap(referencesIn)];
}

const at = (document: unknown, pointer: string): unknown =>
  pointer.replace(/^#\//, "").split("/").reduce<unknown>((value, key) => (isObject(value) ? value[key.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined), document);

const fetchDocument = async (): Promise<unknown> => {
  const response = await fetch(`${process.env.E2E_URL}/v1/openapi.json`);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, expect.stringMatching(/^application\/json/)]);
  return response.json();
};

test("the document is OpenAPI 3.1, whole in itself", async () => {
  const json = await fetchDocument();
  const document = documentSchema.parse(json);
  const all = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })));
  expect(referencesIn(json).filter((reference) => !reference.startsWith("#/") || at(json, reference) === undefined)).toEqual([]);
  expect(new Set(all.map((operation) => operation.operationId)).size).toBe(all.length);
  for (const { path, method, parameters, security, responses } of all) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    expect(parameters.filter((parameter) => parameter.in === "path").map((parameter) => parameter.name), path).toEqual(inPath);
    expect(parameters.filter((parameter) => parameter.in === "path" && !parameter.required)).toEqual([]);
    expect(Object.keys(responses).some((status) => status.startsWith("2")), `${method} ${path}`).toBe(true);
    for (const requirement of security) for (const scheme of Object.keys(requirement)) expect(document.components.securitySchemes[scheme]).toBeDefined();
  }
});

test("it names every route, each with a key but health and itself", async () => {
  const { paths } = documentSchema.parse(await fetchDocument());
  const documented = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, { security }]) => ({ route: `${method} ${path}`, isLocked: security.length > 0 })));
  const served = [...agentApiRoutes.map(({ method, path }) => `${method} ${path}`), "get /v1/openapi.json"];
  expect(documented.map(({ route }) => route).sort()).toEqual(served.sort());
  expect(documented.filter(({ isLocked }) => !isLocked).map(({ route }) => route).sort()).toEqual(["get /.well-known/authzen-configuration", "get /healthz", "get /metrics", "get /readyz", "get /v1/keys", "get /v1/openapi.json"]);
});

test("each example fits the schema beside it", async () => {
  const json = await fetchDocument();
  const { paths, components } = documentSchema.parse(json);
  let examples = 0;
  for (const [path, methods] of Object.entries(paths)) {
    for (const { requestBody } of Object.values(methods)) {
      for (const { schema, example } of Object.values(requestBody?.content ?? {})) {
        if (example === undefined) continue;
        examples++;
        const $defs = components.schemas;
        const alone = JSON.parse(JSON.stringify({ ...schema, $defs }).replaceAll("#/components/schemas/", "#/$defs/")) as Parameters<typeof z.fromJSONSchema>[0];
        expect(z.fromJSONSchema(alone).safeParse(example).error?.issues ?? [], path).toEqual([]);
      }
    }
  }
  expect(examples).toBeGreaterThan(4);
});
