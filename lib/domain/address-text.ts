// What does one value of a page's address say? A link may be typed, cut short or made up.

const MOST_CHARACTERS = 200;

/** What a page is given of its address: a name that comes twice has a list. */
export type AddressValues = Readonly<Record<string, string | string[] | undefined>>;

/** Without the space around it, at most 200 characters; null when there is none, or more than one. */
export function addressText(value: string | string[] | undefined): string | null {
  const text = typeof value === "string" ? value.trim().slice(0, MOST_CHARACTERS) : "";
  return text === "" ? null : text;
}
