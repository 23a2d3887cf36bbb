import { NAV_ENTRIES } from "./navigation.ts";

export interface Crumb {
  label: string;
  /** Left out where the step has no page of its own. */
  href?: string | undefined;
}

/** Where an id stands elsewhere. */
const PAGES_OF_LISTS = new Set(["new", "needs", "quality", "undos", "findings"]);

/** A first segment is named as in the navigation, an id stays as it is, and a word from the address gets its capital. */
export function crumbsOf(pathname: string): Crumb[] {
  const segments = pathname.split("/").filter(Boolean);
  return segments.map((segment, index) => {
    const href = `/${segments.slice(0, index + 1).join("/")}`;
    const entry = NAV_ENTRIES.find((each) => each.href === href);
    if (entry) return { label: entry.label, href };
    const isId = index === 1 && segments[0] !== "settings" && !PAGES_OF_LISTS.has(segment);
    return { label: isId ? decode(segment) : capitalise(decode(segment)), href };
  });
}

/** An address that somebody typed may hold a lone percent sign. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Where the address cannot spell the word. */
const WORDS: Readonly<Record<string, string>> = { "review-policy": "Re-review policy", hooks: "Ways back" };

function capitalise(text: string): string {
  if (Object.hasOwn(WORDS, text)) return WORDS[text] ?? text;
  return /^[a-z-]+$/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1).replaceAll("-", " ") : text;
}
