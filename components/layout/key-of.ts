/** By command; where nothing is chosen, the command's own key counts. */
export type ChosenKeys = Readonly<Record<string, string>>;

export const keyOf = (id: string, chosen: ChosenKeys): string => chosen[id] ?? id;

/** As tinykeys reads it. A sign may need Shift, which depends on the keyboard. */
export function bindingOf(key: string): string {
  // By its place: with Shift it writes another sign.
  if (key === "Shift+.") return "Shift+Period";
  if (key.length > 1 || /^[a-z0-9]$/.test(key)) return key;
  return /^\p{Lu}$/u.test(key) ? `Shift+${key}` : `[Shift]+${key}`;
}

export const keyWords = (key: string): string =>
  key.length === 1 ? key : key.replace("$mod+", "Ctrl ").replace("Shift+", "Shift ").replace("Alt+", "Alt ").replace(/ [a-z]$/, (letter) => letter.toUpperCase());
