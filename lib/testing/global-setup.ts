// Starts the test run's PostgreSQL before any test file, and stops it after the last.

import type { TestProject } from "vitest/node";
import { startTestServer } from "./test-server.ts";

/** A program that a failed test left behind keeps its worker's output open: without this the run would wait for it for ever. */
const END_WITHIN_MS = 30_000;

export default async function setup(project: TestProject) {
  const server = await startTestServer();
  project.provide("adminUrl", server.adminUrl);
  return async () => {
    await server.stop();
    setTimeout(() => {
      process.stderr.write("A test left a program behind that still runs.\n");
      process.exit(project.vitest.state.getCountOfFailedTests() > 0 ? 1 : 0);
    }, END_WITHIN_MS).unref();
  };
}

declare module "vitest" {
  interface ProvidedContext {
    adminUrl: string;
  }
}
