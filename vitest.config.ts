import "./scripts/compile-cache.ts";
import path from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "server-only": path.resolve("lib/testing/empty.ts"), "@": path.resolve(".") } },
  test: {
    include: ["{lib,app,components,cli,demo,bench,sdk,mcp-gateway,scripts}/**/*.test.{ts,tsx}"],
    globalSetup: ["lib/testing/global-setup.ts"],
    pool: "forks",
    // Most tests wait for a database or a clock, so that as many workers as processors would leave them idle.
    maxWorkers: 3,
    env: { HOLDPOINT_LOG_LEVEL: "silent" },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
