// Is this process alive, can it work, and what do its figures say?

import { z } from "zod";
import { databaseNow } from "../database/database-now.ts";
import { metrics } from "../metrics-registry.ts";
import { unwellParts } from "../process-health.ts";
import { countOpenMatters, getReadiness } from "../queries/readiness.ts";
import { getStopPath } from "../queries/stop-path.ts";
import { openApiDocument } from "./openapi-document.ts";
import type { AgentApi } from "./environment.ts";
import { route } from "./route.ts";

const tag = "Health";

/** Unknown is no number: an old figure would look like a fact. */
async function fillStopPath(): Promise<void> {
  const { stopPathProven, stopPathProvenAt, stopPathP99, stopPathPoints } = metrics();
  const path = await databaseNow().then(getStopPath).catch(() => null);
  const last = path?.last ?? null;
  stopPathProven.set(last ? Number(last.isProven) : Number.NaN);
  stopPathProvenAt.set(last ? last.at.getTime() / 1_000 : Number.NaN);
  stopPathP99.set(last?.p99Ms == null ? Number.NaN : last.p99Ms / 1_000);
  stopPathPoints.set({ state: "live" }, path?.livePoints ?? Number.NaN);
  stopPathPoints.set({ state: "expected" }, last?.expected ?? Number.NaN);
  stopPathPoints.set({ state: "answered" }, last?.answered ?? Number.NaN);
}

async function fillGauges(): Promise<void> {
  const { openFindings, openChanges, engagedStops, pendingApprovals } = metrics();
  await fillStopPath();
  try {
    const open = await countOpenMatters();
    openFindings.set(open.findings);
    openChanges.set(open.changes);
    engagedStops.set(open.stops);
    pendingApprovals.set(open.approvals);
  } catch {
    // Without a database they are unknown; an old figure would look like a fact.
    for (const gauge of [openFindings, openChanges, engagedStops, pendingApprovals]) gauge.set(Number.NaN);
  }
}

export const healthRoutes = [
  route({
    method: "get", path: "/healthz", tag, summary: "Does the process live?", needs: "nothing", about: "nothing",
    success: { status: 200, description: "It does.", schema: z.object({ status: z.literal("ok") }) },
    handle: async () => ({ status: 200, body: { status: "ok" } }),
  }),
  route({
    method: "get", path: "/readyz", tag, summary: "Can it work?", needs: "nothing", about: "nothing",
    success: { status: 200, description: "Database, migrations and jobs are well; 503 names what is not.", schema: z.object({ status: z.string(), unwell: z.array(z.string()) }) },
    handle: async () => {
      const { database, migrations } = await getReadiness();
      const unwell = [...(database ? [] : ["database"]), ...(database && !migrations ? ["migrations"] : []), ...unwellParts()];
      return { status: unwell.length === 0 ? 200 : 503, body: { status: unwell.length === 0 ? "ready" : "not ready", unwell } };
    },
  }),
  route({
    method: "get", path: "/metrics", tag, summary: "Figures for Prometheus", needs: "nothing", about: "nothing",
    success: { status: 200, description: "In Prometheus' text format." },
    handle: async () => {
      await fillGauges();
      const { registry } = metrics();
      return new Response(await registry.metrics(), { headers: { "content-type": registry.contentType } });
    },
  }),
];

/** The document describes the routes of this very application. */
export const openApiRoute = (api: AgentApi) =>
  route({
    method: "get", path: "/v1/openapi.json", tag, summary: "This document", needs: "nothing", about: "nothing",
    success: { status: 200, description: "OpenAPI 3.1." },
    handle: async () => ({ status: 200, body: openApiDocument(api) }),
  });
