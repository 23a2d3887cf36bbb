// What can agents, pipelines and other systems say to Holdpoint over HTTP?

import { getRequestListener } from "@hono/node-server";
import { OpenAPIHono } from "@hono/zod-openapi";
import { actionsRoutes } from "./actions-routes.ts";
import { agentsRoutes } from "./agents-routes.ts";
import { assignmentsRoutes } from "./assignments-routes.ts";
import { authzenRoutes } from "./authzen-routes.ts";
import { changesRoutes } from "./changes-routes.ts";
import { checkRoute, gateRoutes } from "./gate-routes.ts";
import { healthRoutes, openApiRoute } from "./health-routes.ts";
import { leanListener, type Listener } from "./lean-listener.ts";
import { registerComponents } from "./openapi-document.ts";
import type { AgentApi, Environment } from "./environment.ts";
import { confirmRoute, pointsRoutes } from "./points-routes.ts";
import { refusalAsJson, type AgentRoute, type LeanRoute } from "./route.ts";
import { refusalAnswer, type RefusalAnswer } from "./refusal-answer.ts";
import { rolloutsRoutes } from "./rollouts-routes.ts";
import { runsRoutes } from "./runs-routes.ts";
import { stopsRoutes } from "./stops-routes.ts";
import { streamRoutes } from "./stream-routes.ts";
import { telemetryRoutes } from "./telemetry-routes.ts";
import { undosRoutes } from "./undos-routes.ts";
import { versionsRoutes } from "./versions-routes.ts";

/** Every endpoint with what it needs. */
export const agentApiRoutes: readonly AgentRoute[] = [...telemetryRoutes, ...agentsRoutes, ...versionsRoutes, ...changesRoutes, ...runsRoutes, ...stopsRoutes, ...streamRoutes, ...pointsRoutes, ...gateRoutes, ...authzenRoutes, ...actionsRoutes, ...assignmentsRoutes, ...rolloutsRoutes, ...undosRoutes, ...healthRoutes];

/** What thousands ask in the same moment: before every call, and after a stop. */
const leanRoutes: readonly LeanRoute[] = [checkRoute, confirmRoute];

const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+")}$`);

/** RFC 9110 §15.5.6: whoever has the right address is told the right method. */
function nothingHere(method: string, path: string): RefusalAnswer {
  const allowed = agentApiRoutes.filter((route) => patternOf(route.path).test(path)).map((route) => route.method.toUpperCase());
  if (allowed.length === 0) return { status: 404, code: "not_found", message: `There is nothing at ${method} here; see /v1/openapi.json.`, headers: {} };
  const list = [...new Set(allowed)].sort().join(", ");
  return { status: 405, code: "method_not_allowed", message: `This takes ${list}; see /v1/openapi.json.`, headers: { allow: list } };
}

export function createAgentApi(): AgentApi {
  const api: AgentApi = new OpenAPIHono<Environment>();
  registerComponents(api);
  for (const route of [...agentApiRoutes, openApiRoute(api)]) route.register(api);
  api.notFound((context) => refusalAsJson(nothingHere(context.req.method, context.req.path)));
  api.onError((error) => refusalAsJson(refusalAnswer(error, "-")));
  return api;
}

/** Behind node:http. */
export const agentListener = (): Listener => leanListener(leanRoutes, getRequestListener(createAgentApi().fetch));
