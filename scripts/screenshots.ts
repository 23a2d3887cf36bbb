// `npm run screenshots [-- ADDRESS E-MAIL PASSWORD]`: pictures of every page of a running console, wide and narrow, light and dark; of the central ones also without any hue and in forced colours.

import fs from "node:fs";
import path from "node:path";
import { chromium, type Browser, type Page } from "@playwright/test";
import { BROWSER_ARGUMENTS, findBrowser } from "./find-browser.ts";
import { ROOT } from "./run-command.ts";

const [address = "http://127.0.0.1:3000", email, password = process.env.HOLDPOINT_PASSWORD] = process.argv.slice(2);
const FOLDER = path.join(ROOT, "screenshots");
const SIZES = [{ name: "1440", width: 1440, height: 900 }, { name: "360", width: 360, height: 740 }] as const;
const PAGES = ["/now", "/now/needs", "/inbox", "/agents", "/agents/new", "/changes", "/changes?state=decided", "/changes/quality", "/rollouts", "/rollouts?state=all", "/actions", "/actions?state=all", "/actions/undos", "/actions/quality", "/runs", "/stop", "/stops", "/risk", "/portfolio", "/log", "/settings", "/settings/me", "/settings/people", "/settings/keys", "/settings/prices", "/settings/review-policy"];
/** One of each kind of page that needs an id: the list to look in, and what its link looks like. */
const DETAILS = [
  { name: "agent", list: "/agents", link: /^\/agents\/(?!new)[^/?]+$/, tabs: ["", "/card", "/versions", "/versions/1", "/versions/new", "/metrics", "/quality", "/policy", "/authority", "/readiness", "/hooks"] },
  { name: "change", list: "/changes", link: /^\/changes\/ch_[^/?]+$/, tabs: [""] },
  { name: "rollout", list: "/rollouts?state=all", link: /^\/rollouts\/ro_[^/?]+$/, tabs: ["", "?view=business"] },
  { name: "action", list: "/actions?state=all", link: /^\/actions\/ac_[^/?]+$/, tabs: [""] },
  { name: "reversal", list: "/actions/undos", link: /^\/actions\/undos\/un_[^/?]+$/, tabs: [""] },
  { name: "one-stop", list: "/stops", link: /^\/stops\/st_[^/?]+$/, tabs: [""] },
  { name: "finding", list: "/inbox", link: /^\/inbox\/findings\/fi_[^/?]+$/, tabs: [""] },
  { name: "run", list: "/runs", link: /^\/runs\/ru_[^/?]+/, tabs: [""] },
  { name: "tier", list: "/risk", link: /^\/risk\/[^/?]+$/, tabs: [""] },
];

/** What must be told apart by shape and word alone. */
const CENTRAL = new Set(["now", "inbox", "agents", "agent", "change", "rollout", "action", "stop", "stops", "one-stop"]);

async function signIn(page: Page): Promise<void> {
  if (!email || !password) return;
  await page.goto(`${address}/sign-in`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: /^sign in$/i }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}

async function addresses(page: Page): Promise<{ name: string; at: string }[]> {
  const found = PAGES.map((at) => ({ name: at.slice(1).replaceAll(/\W+/g, "-"), at }));
  for (const { name, list, link, tabs } of DETAILS) {
    await page.goto(address + list);
    const links = await page.locator("a[href]").evaluateAll((anchors) => anchors.map((anchor) => new URL((anchor as HTMLAnchorElement).href).pathname));
    const first = links.find((candidate) => link.test(candidate));
    if (first) found.push(...tabs.map((tab) => ({ name: `${name}${tab.replaceAll(/\W+/g, "-")}`, at: first + tab })));
  }
  return found;
}

/** As somebody sees it who sees no hue, and as a browser shows it that paints everything in the colours of its system. */
async function shootWithoutColours(page: Page, file: (sight: string) => string): Promise<void> {
  const sight = await page.context().newCDPSession(page);
  await sight.send("Emulation.setEmulatedVisionDeficiency", { type: "achromatopsia" });
  await page.screenshot({ path: file("achromatopsia"), fullPage: true });
  await sight.send("Emulation.setEmulatedVisionDeficiency", { type: "none" });
  await sight.detach();
  await page.emulateMedia({ forcedColors: "active" });
  await page.screenshot({ path: file("forced-colors"), fullPage: true });
  await page.emulateMedia({ forcedColors: "none" });
}

async function shoot(browser: Browser, scheme: "light" | "dark", size: (typeof SIZES)[number]): Promise<void> {
  const context = await browser.newContext({ viewport: { width: size.width, height: size.height }, colorScheme: scheme, hasTouch: size.width < 640 });
  const page = await context.newPage();
  await page.goto(`${address}/sign-in`);
  await page.screenshot({ path: path.join(FOLDER, `sign-in-${size.name}-${scheme}.png`) });
  await signIn(page);
  for (const { name, at } of await addresses(page)) {
    const response = await page.goto(address + at, { waitUntil: "networkidle" }).catch(() => null);
    await page.screenshot({ path: path.join(FOLDER, `${name}-${size.name}-${scheme}.png`), fullPage: true });
    if (CENTRAL.has(name)) await shootWithoutColours(page, (sight) => path.join(FOLDER, `${name}-${size.name}-${scheme}-${sight}.png`));
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    process.stdout.write(`${response?.status() ?? "?"} ${at} ${size.name} ${scheme}${overflow > 0 ? `  SCROLLS SIDEWAYS BY ${overflow} px` : ""}\n`);
  }
  await context.close();
}

fs.mkdirSync(FOLDER, { recursive: true });
const browser = await chromium.launch({ executablePath: await findBrowser(), args: BROWSER_ARGUMENTS });
for (const size of SIZES) for (const scheme of ["light", "dark"] as const) await shoot(browser, scheme, size);
await browser.close();
