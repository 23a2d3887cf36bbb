// Starts the test run's PostgreSQL before any test file, and stops it after the last.

import type { TestProject } from "vitest/node";
import { startTestServer } from "./test-server.ts";

export default async function setup(project: TestProject) {
  const server = await startTestServer();
  project.provide("adminUrl", server.adminUrl);
  return server.stop;
}

declare module "vitest" {
  interface ProvidedContext {
    adminUrl: string;
  }
}
