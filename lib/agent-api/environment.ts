// What does the application know of a request beside the request itself?

import type { HttpBindings } from "@hono/node-server";
import type { OpenAPIHono } from "@hono/zod-openapi";

/** Behind @hono/node-server the context carries node's own request; in tests it does not. */
export interface Environment {
  Bindings: Partial<HttpBindings>;
}

export type AgentApi = OpenAPIHono<Environment>;
