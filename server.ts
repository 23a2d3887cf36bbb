// Starts Holdpoint: database, migrations, agent API, jobs and console, in one process or split by HOLDPOINT_ROLES.

import { writeFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import next from "next";
import { agentListener } from "./lib/agent-api/agent-api.ts";
import { startIngestThreads } from "./lib/agent-api/ingest-threads.ts";
import { startStopPath } from "./lib/agent-api/stop-path.ts";
import { startProbePoint } from "./probe-point.ts";
import { consoleEvents } from "./lib/console-events.ts";
import { whereStrangersGo } from "./lib/auth/where-strangers-go.ts";
import { peerAddressOf } from "./lib/auth/peer-address.ts";
import { closeDatabase } from "./lib/database/database.ts";
import { startDatabase } from "./lib/database/start-database.ts";
import { env, WrongEnvironment } from "./lib/env.ts";
import { startWorker } from "./lib/jobs/worker.ts";
import { describeError, logger } from "./lib/logger.ts";
import { issueFirstRunToken } from "./lib/operations/people.ts";
import { installationSecret } from "./lib/operations/installation-secret.ts";
import { seedDefaults } from "./lib/operations/seed-defaults.ts";
import { storableAddress } from "./lib/storable-address.ts";

const dir = path.dirname(fileURLToPath(import.meta.url));
const isDevelopment = process.env.NODE_ENV !== "production";
const AGENT_PATHS = /^\/(v1\/|access\/|\.well-known\/authzen-configuration$|healthz$|readyz$|metrics$)/;
const NO_CONSOLE = "This process serves agents only; the console runs in another one.\n";

type Listener = (request: http.IncomingMessage, response: http.ServerResponse) => unknown;

function securityHeaders(): Record<string, string> {
  const issuer = env().oidc?.issuer;
  const formTargets = issuer && URL.canParse(issuer) ? `'self' ${new URL(issuer).origin}` : "'self'";
  // React needs eval only in development; inline scripts are Next's own hydration data.
  const scripts = isDevelopment ? "'self' 'unsafe-inline' 'unsafe-eval'" : "'self' 'unsafe-inline'";
  return {
    "content-security-policy":
      `default-src 'self'; script-src ${scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; ` +
      `frame-ancestors 'none'; base-uri 'self'; form-action ${formTargets}; object-src 'none'`,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
  };
}

async function prepareConsole(server: http.Server): Promise<{ listener: Listener; close: () => Promise<void> }> {
  if (!env().roles.includes("console")) {
    return { listener: (_request, response) => response.writeHead(404, { "content-type": "text/plain" }).end(NO_CONSOLE), close: async () => undefined };
  }
  const app = next({ dev: isDevelopment, dir, hostname: "127.0.0.1", port: env().port, httpServer: server });
  await app.prepare();
  const handle = app.getRequestHandler();
  const headers = securityHeaders();
  return {
    listener: (request, response) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      const elsewhere = whereStrangersGo({ method: request.method, url: request.url, cookie: request.headers.cookie });
      if (elsewhere) return response.writeHead(307, { location: elsewhere, "cache-control": "no-store" }).end();
      // Ours to set: whatever a client sends under this name must not reach the sign-in limit.
      request.headers["x-holdpoint-peer"] = peerAddressOf({ socketAddress: request.socket.remoteAddress, forwardedFor: request.headers["x-forwarded-for"] }, env().trustedProxies);
      request.headers["x-holdpoint-address"] = request.url ?? "/";
      return handle(request, response);
    },
    close: () => app.close(),
  };
}

function announce(firstRunToken: string | null): void {
  const { publicUrl } = env();
  if (!firstRunToken) return;
  process.stdout.write(
    `\nNobody has an account yet. Open ${publicUrl}/first-run and enter this token to create the first administrator:\n\n    ${firstRunToken}\n\n` +
      "The token works once and changes with every start.\n\n",
  );
}

async function start(): Promise<void> {
  const { roles, port, host, dataDir, publicUrl, secret } = env();
  const database = await startDatabase();
  // For the command line beside a running server; the folder belongs to the account that runs Holdpoint.
  if (database.isEmbedded) writeFileSync(path.join(dataDir, "database-url"), process.env.DATABASE_URL ?? "", { mode: 0o600 });
  await seedDefaults();
  process.env.NEXTAUTH_SECRET = await installationSecret(secret);
  process.env.NEXTAUTH_URL = publicUrl;

  const server = http.createServer();
  server.keepAliveTimeout = 65_000; // longer than common load balancers keep an idle connection
  const stopPath = roles.includes("agents") ? await startStopPath() : null;
  const ingest = roles.includes("agents") ? startIngestThreads() : null;
  const agents = roles.includes("agents") ? agentListener() : null;
  const console = await prepareConsole(server);
  const worker = roles.includes("jobs") ? startWorker() : null;
  server.on("request", (request, response) => {
    request.url = storableAddress(request.url ?? "/");
    const isForAgents = agents !== null && AGENT_PATHS.test(request.url.split("?")[0] ?? "");
    void (isForAgents ? agents : console.listener)(request, response);
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const probe = stopPath ? startProbePoint(server) : null;
  logger().info({ port, roles, embeddedDatabase: database.isEmbedded, adopted: database.wasAdopted, migrations: database.migrations }, "Holdpoint is up");
  process.stdout.write(`Holdpoint is ready at ${publicUrl}\n`);
  announce(roles.includes("console") ? await issueFirstRunToken() : null);

  let isStopping = false;
  const stop = async (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    logger().info({ signal }, "stopping");
    // Streams first: they would keep the server from closing, and their points turn to another process.
    await consoleEvents().close();
    await probe?.close();
    await stopPath?.close();
    const drained = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 5_000).unref();
    await drained;
    await ingest?.close();
    await worker?.stop();
    await console.close().catch(() => undefined);
    await closeDatabase();
    await database.stop();
    logger().info("stopped");
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(signal));
}

process.on("unhandledRejection", (error) => logger().error(describeError(error), "unhandled rejection"));

start().catch((error: unknown) => {
  // The log itself needs to know the environment.
  if (!(error instanceof WrongEnvironment)) logger().fatal(describeError(error), "Holdpoint could not start");
  process.stderr.write(`Holdpoint could not start: ${error instanceof Error ? error.message : "unknown error"}\n`);
  process.exit(1);
});
