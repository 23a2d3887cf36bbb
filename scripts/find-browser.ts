// Where is a Chromium? One that is named, installed, Playwright's own, or the one inside an npm package.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";

const INSTALLED = [
  "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable", "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

const canUnpack = process.platform === "linux" && process.arch === "x64";

/** `isLight`: rather the one of the package, which has no windows to keep and takes a quarter less of the processors. */
export async function findBrowser({ isLight = false } = {}): Promise<string> {
  const named = process.env.CHROMIUM_PATH;
  if (named && fs.existsSync(named)) return named;
  const found = [...INSTALLED, chromium.executablePath()].find((file) => fs.existsSync(file));
  if (found && !(isLight && canUnpack)) return found;
  const packaged = canUnpack ? await unpackBrowser() : null;
  // Built for another Linux, it may lack a library here.
  if (packaged && (!found || starts(packaged))) return packaged;
  if (found) return found;
  throw new Error("No Chromium was found. Install one (apt install chromium), set CHROMIUM_PATH, or run: npx playwright install chromium");
}

const starts = (browser: string): boolean => spawnSync(browser, ["--version"], { timeout: 20_000 }).status === 0;

/** The package brings the libraries that a bare machine lacks; they must be on the loader's path before the browser starts. */
async function unpackBrowser(): Promise<string> {
  const { default: packaged, inflate, setupLambdaEnvironment } = await import("@sparticuz/chromium");
  const folder = path.resolve(path.dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))), "../bin");
  await inflate(path.join(folder, "al2023.tar.br"));
  setupLambdaEnvironment(path.join(os.tmpdir(), "al2023", "lib"));
  return packaged.executablePath();
}

/** The sandbox needs a user who is not root; the rest keeps the browser from calling home. */
export const BROWSER_ARGUMENTS = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
