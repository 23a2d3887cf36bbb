import type { Page } from "@playwright/test";
import { paths } from "../lib/paths.ts";
import { expect, expectNoSidewaysScroll, test } from "./fixtures.ts";
import { sharedHouse, type House } from "./make-house.ts";
import { ONE_WIDTH } from "./one-width.ts";
import { stopControl } from "./stop-control.ts";

const pagesOf = ({ agent, openChangeId, rolloutId }: House): string[] => [paths.now(), paths.inbox(), paths.agent(agent.id), paths.change(openChangeId), paths.rollout(rolloutId), paths.stops()];

/** WCAG 2.2, 1.4.12. */
const TEXT_SPACING = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }";
/** What nobody could read any more. */
const CUT_OFF = "main :is(h1, a, button) { height: 8px !important; min-height: 0 !important; overflow: hidden !important; display: block !important; }";
/** A longer movement can be seen. */
const LONGEST_MS = 1;

async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 }), path).toHaveCount(1);
  await expect(page.getByText("Loading", { exact: true }), path).toHaveCount(0);
}

/** Past the policy for contents, which lets in no style of a stranger. */
const style = (page: Page, text: string): Promise<void> =>
  page.evaluate((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
  }, text);

/** As in a house in which much waits, whatever the other specs have made. */
const countToThousands = (page: Page): Promise<void> =>
  page.evaluate(() => {
    for (const count of document.querySelectorAll("main nav .count")) count.textContent = "1,234";
  });

/** Texts of which a part lies outside of what holds and cuts them, and controls that are smaller than their words. */
const clippedTexts = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const SLACK = 2;
    const isCut = (overflow: string): boolean => overflow === "hidden" || overflow === "clip";
    /** One pixel is what only a screen reader reads. */
    const isForEyes = (box: DOMRect): boolean => box.width > 1 && box.height > 1;
    const cutBy = (text: Element, box: DOMRect): Element | undefined => {
      for (let holder: Element | null = text; holder !== null && holder !== document.body; holder = holder.parentElement) {
        const { overflowX, overflowY, position, textOverflow } = getComputedStyle(holder);
        const edge = holder.getBoundingClientRect();
        // What ends in dots is shortened at any size and stands whole elsewhere.
        if (!isForEyes(edge) || textOverflow === "ellipsis") return undefined;
        if (isCut(overflowX) && (box.left < edge.left - SLACK || box.right > edge.right + SLACK)) return holder;
        if (isCut(overflowY) && (box.top < edge.top - SLACK || box.bottom > edge.bottom + SLACK)) return holder;
        // What scrolls shows the rest when asked.
        if (position === "fixed" || [overflowX, overflowY].some((overflow) => overflow === "auto" || overflow === "scroll")) return undefined;
      }
      return undefined;
    };
    const found: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (texts.nextNode()) {
      const holder = texts.currentNode.parentElement;
      if (holder === null || texts.currentNode.textContent?.trim() === "" || !holder.checkVisibility({ visibilityProperty: true }) || holder.closest("svg, script, style, option") !== null) continue;
      range.selectNodeContents(texts.currentNode);
      const by = [...range.getClientRects()].filter(isForEyes).map((box) => cutBy(holder, box)).find((cutter) => cutter !== undefined);
      if (by) found.push(`${texts.currentNode.textContent?.trim().slice(0, 60)} in ${by.tagName.toLowerCase()}.${by.className}`);
    }
    for (const control of document.querySelectorAll<HTMLElement>("a, button, summary, label, [role=tab]")) {
      if (!control.checkVisibility({ visibilityProperty: true }) || getComputedStyle(control).display === "inline" || !isForEyes(control.getBoundingClientRect())) continue;
      if (control.scrollWidth > control.clientWidth + SLACK || control.scrollHeight > control.clientHeight + SLACK) found.push(`${control.innerText.slice(0, 60)} is larger than its ${control.tagName.toLowerCase()}.${control.className}`);
    }
    return found;
  });

/** Everything that moves or fades, with its pseudo-elements, whether it does so now or would at a touch. */
const movements = (page: Page, longestMs: number): Promise<string[]> =>
  page.evaluate((limit) => {
    const msOf = (times: string): number => Math.max(...times.split(",").map((time) => Number.parseFloat(time) * (time.trim().endsWith("ms") ? 1 : 1_000)));
    const found = [...document.querySelectorAll("*")].flatMap((element) => [undefined, "::before", "::after", "::backdrop"].flatMap((pseudo) => {
      const { animationName, animationDuration, transitionProperty, transitionDuration, transitionDelay, scrollBehavior } = getComputedStyle(element, pseudo);
      const isLong = (animationName !== "none" && msOf(animationDuration) > limit) || (transitionProperty !== "none" && msOf(transitionDuration) + Math.max(0, msOf(transitionDelay)) > limit) || scrollBehavior === "smooth";
      return isLong ? [`${element.tagName.toLowerCase()}.${element.getAttribute("class")}${pseudo ?? ""}`] : [];
    }));
    const running = document.getAnimations().filter(({ effect }) => Number(effect?.getComputedTiming().endTime ?? 0) > limit).map((animation) => `runs: ${animation.constructor.name}`);
    return [...found, ...running];
  }, longestMs);

test("with wider spaces between letters, words and lines nothing is cut off and no page scrolls sideways", async ({ page, signInAs }) => {
  const made = await sharedHouse();
  await signInAs(made.administrator);
  for (const path of pagesOf(made)) {
    await test.step(path, async () => {
      await open(page, path);
      await style(page, TEXT_SPACING);
      await countToThousands(page);
      expect.soft(await clippedTexts(page), path).toEqual([]);
      await expectNoSidewaysScroll(page);
    });
  }
  await style(page, CUT_OFF);
  expect(await clippedTexts(page), "what is cut off is found").not.toEqual([]);
});

test("at 200 % nothing is cut off and no page scrolls sideways", ONE_WIDTH, async ({ page, signInAs }) => {
  const made = await sharedHouse();
  await signInAs(made.administrator);
  // What is left of 1440 × 900.
  await page.setViewportSize({ width: 720, height: 450 });
  for (const path of pagesOf(made)) {
    await test.step(path, async () => {
      await open(page, path);
      expect.soft(await clippedTexts(page), path).toEqual([]);
      await expectNoSidewaysScroll(page);
      await expect(stopControl(page)).toBeInViewport();
    });
  }
});

test("for whoever asks for less motion nothing moves", async ({ page, signInAs, isMobile }) => {
  const made = await sharedHouse();
  await signInAs(made.administrator);
  await page.emulateMedia({ reducedMotion: "reduce" });
  for (const path of pagesOf(made)) {
    await test.step(path, async () => {
      await open(page, path);
      expect.soft(await movements(page, LONGEST_MS), path).toEqual([]);
    });
  }
  await page.emulateMedia({ reducedMotion: "no-preference" });
  // On a phone nothing need move at all.
  if (!isMobile) expect(await movements(page, LONGEST_MS), "what moves is found").not.toEqual([]);
});
