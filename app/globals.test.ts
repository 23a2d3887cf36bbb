import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { STOP_STYLE } from "./stop/stop-style.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const GLOBALS = readFileSync(path.join(ROOT, "app/globals.css"), "utf8");

type Tokens = Readonly<Record<string, string>>;

/** The first block after these words, with the colours that are written out. */
function tokensAfter(css: string, opening: string): Tokens {
  const start = css.indexOf(opening);
  if (start < 0) throw new Error(`there is no ${opening}`);
  const body = css.slice(start + opening.length, css.slice(start + opening.length).search(/[@}]/) + start + opening.length);
  return Object.fromEntries([...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{3,6})\b/g)].map(([, name = "", hex = ""]) => [name, hex.length === 4 ? hex.replace(/[0-9a-f]/g, "$&$&") : hex]));
}

const light = tokensAfter(GLOBALS, "\n:root {");
/** What dark does not name is as in light. */
const THEMES: Readonly<Record<string, Tokens>> = { light, dark: { ...light, ...tokensAfter(GLOBALS, "@variant dark {") } };

/** Of WCAG 2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
function contrast(one: string, other: string): number {
  const [dark = 0, bright = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

const GROUNDS = ["canvas", "surface", "sunken", "hover"];
const TEXTS = ["fg", "fg-2", "fg-3", "accent", "ok", "warn", "crit", "unknown", "stopped"];
const SOFT = { ok: "ok-soft", accent: "info-soft", warn: "warn-soft", crit: "crit-soft", unknown: "unknown-soft" };
const AS_TEXT: readonly (readonly [string, string])[] = [
  ...TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const)), ...Object.entries(SOFT).flatMap(([text, ground]) => [[text, ground], ["fg", ground]] as const),
  ["on-accent", "accent"], ["add-fg", "add-bg"], ["del-fg", "del-bg"],
];
const AS_SHAPE: readonly (readonly [string, string])[] = [...["line-strong", "focus"].flatMap((shape) => GROUNDS.map((ground) => [shape, ground] as const)), ["stop-red", "stop-plate"], ["stop-ring", "stop-plate"]];

describe.each(Object.keys(THEMES))("the colours of the %s theme", (theme) => {
  const tokens = THEMES[theme] ?? {};
  const of = ([one, other]: readonly [string, string]): number => contrast(tokens[one] ?? "", tokens[other] ?? "");

  test.each([["text", AS_TEXT, 4.5], ["edges, rings and the stop control", AS_SHAPE, 3]] as const)("%s stand out", (_what, pairs, least) => {
    expect(pairs.filter((pair) => !(of(pair) >= least)).map((pair) => `${pair.join(" on ")}: ${of(pair).toFixed(2)}`)).toEqual([]);
  });

  test("the words of the stop control stand out, and so does its edge", () => {
    const { "stop-red": red = "", "stop-edge": edge = "", canvas = "" } = tokens;
    expect(contrast("#ffffff", red)).toBeGreaterThanOrEqual(4.5);
    // The edge is what is seen of a plate that is as bright as the page.
    expect(contrast(edge, canvas)).toBeGreaterThanOrEqual(3);
  });
});

/** As the stop page, which fetches no style sheet, calls the tokens of the console. */
const CALLED = { bg: "canvas", card: "surface", sunk: "sunken", line: "line", edge: "line-strong", fg: "fg", fg2: "fg-2", focus: "focus", link: "accent", warn: "warn", crit: "crit", crits: "crit-soft", plate: "stop-plate", rim: "stop-edge", ring: "stop-ring" };

test("the stop page has the colours of the console, in both themes", () => {
  for (const [theme, opening] of [["light", ":root{color-scheme:light;"], ["dark", ":root[data-theme=dark]{color-scheme:dark;"]] as const) {
    const own = tokensAfter(STOP_STYLE, opening);
    expect(own).toEqual(Object.fromEntries(Object.entries(CALLED).map(([name, token]) => [name, THEMES[theme]?.[token]])));
    expect(STOP_STYLE).toContain(`background:${THEMES[theme]?.["stop-red"]};color:#fff`);
  }
});

test("the ring of what has the focus on the plate is drawn on the yellow, which it stands out from, and not on the red", () => {
  const rings = [readFileSync(path.join(ROOT, "components/stops/stops.css"), "utf8"), STOP_STYLE].map((css) => /\.plate :focus-visible ?\{([^}]*)\}/.exec(css)?.[1]?.replaceAll(" ", "") ?? "");
  expect(rings.map((ring) => ring.replace(/;$/, ""))).toEqual(["outline-color:var(--stop-ring);outline-offset:0", "outline-color:var(--ring);outline-offset:0"]);
});

const sources = (folder: string): string[] =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" }).filter((file) => /\.(css|tsx?)$/.test(file) && !/\.test\.tsx?$/.test(file)).map((file) => `${folder}/${file.replaceAll(path.sep, "/")}`);

test("red on the yellow plate is the stop control's alone", () => {
  const colours = ["stop-red", "stop-plate", "stop-edge", "stop-ring"].flatMap((name) => [name, ...Object.values(THEMES).map((tokens) => tokens[name] ?? "")]).filter((name) => name !== light.fg);
  const used = new RegExp(`${colours.join("|")}|[="' ]plate[" }]|\\.plate\\b`, "i");
  const elsewhere = ["app", "components", "lib"].flatMap(sources).filter((file) => !/^(?:components\/stops|app\/stop)\//.test(file) && used.test(readFileSync(path.join(ROOT, file), "utf8")));
  // Where the tokens are written.
  expect(elsewhere).toEqual(["app/globals.css"]);
  expect(GLOBALS.split("@layer base")[1]).not.toMatch(used);
});
