// How is a page written that must come without the console's weight? As text, in which whatever is put in is escaped.

/** Markup that was written by us. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | null | false | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

function markupOf(part: Part): string {
  if (part === null || part === false) return "";
  if (typeof part === "string" || typeof part === "number") return escapeHtml(String(part));
  return "markup" in part ? part.markup : part.map((each) => each.markup).join("");
}

/** Values stand between elements or inside quoted attributes; there they cannot become markup. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return { markup: strings.reduce((text, string, index) => text + string + (index < parts.length ? markupOf(parts[index] ?? null) : ""), "") };
}

/** For text that is ours, such as a stylesheet. */
export const asHtml = (markup: string): Html => ({ markup });
