import "./scripts/compile-cache.ts";
import path from "node:path";
import { defineConfig } from "vitest/config";

/** What stands here keeps nothing of a process but what goes with its database: a worker takes one file after the other, and begins once. */
const TOGETHER = ["{lib/domain,lib/database,lib/operations,lib/queries,lib/otlp,lib/policy,components}/**/*.test.{ts,tsx}"];
const ALL = ["{lib,app,components,cli,demo,bench,sdk,mcp-gateway,scripts}/**/*.test.{ts,tsx}"];

export default defineConfig({
  resolve: { alias: { "server-only": path.resolve("lib/testing/empty.ts"), "@": path.resolve(".") } },
  test: {
    globalSetup: ["lib/testing/global-setup.ts"],
    pool: "forks",
    // Most tests wait for a database or a clock, so that as many workers as processors would leave them idle.
    maxWorkers: 3,
    env: { HOLDPOINT_LOG_LEVEL: "silent" },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A shared machine stumbles now and then, as the browser tests know; a test that fails twice is wrong, and the report names what was tried again.
    retry: process.env.CI ? 1 : 0,
    projects: [
      { extends: true, test: { name: "together", include: TOGETHER, isolate: false } },
      { extends: true, test: { name: "each alone", include: ALL, exclude: TOGETHER } },
    ],
  },
});
