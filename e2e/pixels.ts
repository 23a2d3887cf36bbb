// What is really painted? Pictures of a page or a part of it, counted by the colours of their pixels.

import type { Locator, Page } from "@playwright/test";

/** How many pixels each colour of a picture has; a colour is 0xAABBGGRR. */
async function countColours(page: Page, picture: Buffer): Promise<Map<number, number>> {
  const counts = await page.evaluate(async (source) => {
    const image = new Image();
    image.src = `data:image/png;base64,${source}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    const context = canvas.getContext("2d");
    context?.drawImage(image, 0, 0);
    const found = new Map<number, number>();
    for (const pixel of new Uint32Array(context?.getImageData(0, 0, image.width, image.height).data.buffer ?? new ArrayBuffer(0))) found.set(pixel, (found.get(pixel) ?? 0) + 1);
    return [...found];
  }, picture.toString("base64"));
  return new Map(counts);
}

/** The chroma in OKLCH: 0 is grey. */
function chromaOf(colour: number): number {
  const [r = 0, g = 0, b = 0] = [0, 8, 16].map((shift) => ((colour >> shift) & 255) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  const [l, m, s] = [Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b), Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b), Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)];
  return Math.hypot(1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s, 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s);
}

/** How many colours its picture has: what forced colours have swallowed has one. */
export const coloursOf = async (locator: Locator): Promise<number> => (await countColours(locator.page(), await locator.screenshot())).size;

/** How much of what is seen has a colour, from 0 to 1. The stop control is painted grey. */
export async function saturatedShare(page: Page): Promise<number> {
  const counts = [...(await countColours(page, await page.screenshot({ mask: [page.locator(".plate")], maskColor: "#808080" })))];
  const sumOf = (some: typeof counts): number => some.reduce((sum, [, count]) => sum + count, 0);
  return sumOf(counts.filter(([colour]) => chromaOf(colour) > 0.05)) / Math.max(1, sumOf(counts));
}
