// What can agents, pipelines and other systems say to Holdpoint over HTTP?

import { OpenAPIHono } from "@hono/zod-openapi";
import { agentsRoutes } from "./agents-routes.ts";
import { changesRoutes } from "./changes-routes.ts";
import { healthRoutes, openApiRoute } from "./health-routes.ts";
import { registerComponents } from "./openapi-document.ts";
import type { AgentApi, Environment } from "./environment.ts";
import { refusalAsJson, type AgentRoute } from "./route.ts";
import { refusalAnswer } from "./refusal-answer.ts";
import { runsRoutes } from "./runs-routes.ts";
import { telemetryRoutes } from "./telemetry-routes.ts";
import { versionsRoutes } from "./versions-routes.ts";

/** Every endpoint with what it needs. */
export const agentApiRoutes: readonly AgentRoute[] = [...telemetryRoutes, ...agentsRoutes, ...versionsRoutes, ...changesRoutes, ...runsRoutes, ...healthRoutes];

export function createAgentApi(): AgentApi {
  const api: AgentApi = new OpenAPIHono<Environment>();
  registerComponents(api);
  for (const route of [...agentApiRoutes, openApiRoute(api)]) route.register(api);
  api.notFound((context) => refusalAsJson({ status: 404, code: "not_found", message: `There is nothing at ${context.req.method} here; see /v1/openapi.json.`, headers: {} }));
  api.onError((error) => refusalAsJson(refusalAnswer(error, "-")));
  return api;
}
