import { defineConfig } from "@playwright/test";
import "./scripts/compile-cache.ts";
import { ONE_WIDTH } from "./e2e/one-width.ts";
import { BROWSER_ARGUMENTS, findBrowser } from "./scripts/find-browser.ts";

/** A page of a spec lives for seconds: what the engine would make faster is gone before that pays. A tenth less of the processors. */
const SHORT_LIVED = "--js-flags=--no-opt --no-maglev";

// The workers read this file again: what is unpacked already is not unpacked under a running browser.
const executablePath = (process.env.CHROMIUM_PATH ??= await findBrowser({ isLight: true }));

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  globalSetup: "./e2e/global-setup.ts",
  fullyParallel: true,
  workers: 2,
  // A shared machine stumbles now and then; a spec that fails three times is wrong.
  retries: process.env.CI ? 2 : 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  forbidOnly: process.env.CI !== undefined,
  use: { launchOptions: { executablePath, args: [...BROWSER_ARGUMENTS, SHORT_LIVED] } },
  projects: [
    { name: "desktop", testIgnore: "api/**", use: { viewport: { width: 1440, height: 900 }, colorScheme: "light" } },
    { name: "phone", testIgnore: "api/**", grepInvert: new RegExp(ONE_WIDTH.tag), use: { viewport: { width: 360, height: 740 }, colorScheme: "dark", hasTouch: true, isMobile: true } },
    { name: "api", testMatch: "api/**/*.spec.ts" },
  ],
});
