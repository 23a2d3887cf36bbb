// How do names and values from agents stand in our sentences? Quoted, on one line, cut, with nothing invisible in them.

const MAX_NAME = 80;
const MAX_VALUE = 60;

/** Control and format characters, line separators: a name must not rearrange or hide the sentence around it. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const cut = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`);

export const quoted = (name: string): string => `\`${cut(name, MAX_NAME).replace(UNSEEN, "\uFFFD").replaceAll("`", "'")}\``;

export const shortValue = (value: unknown): string =>
  cut(typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing"), MAX_VALUE).replace(UNSEEN, "\uFFFD").replaceAll("`", "'");

/** The first few, then how many more. */
export function listed(items: readonly string[], shown = 4): string {
  const head = items.slice(0, shown);
  const rest = items.length - head.length;
  if (rest > 0) return `${head.join(", ")} and ${rest} more`;
  return head.length < 2 ? head.join("") : `${head.slice(0, -1).join(", ")} and ${head.at(-1)}`;
}
