// How is a text or a number written in Cedar?

/** A decimal has 64 bits with four digits after the point. */
const MAX_DECIMAL = 922_337_203_685_477;

/** For `decimal("…")`; null for what it cannot hold exactly: more than four digits after the point, too large, not finite. */
export function decimalText(value: number): string | null {
  if (!Number.isFinite(value) || Math.abs(value) > MAX_DECIMAL) return null;
  const text = String(Object.is(value, -0) ? 0 : value);
  if (!/^-?\d+(\.\d{1,4})?$/.test(text)) return null;
  return text.includes(".") ? text : `${text}.0`;
}

/** Whatever could not be seen, or could rearrange the line around it, is written as its number. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu;

/** The text in quotes; it must be well formed. */
export function cedarText(text: string): string {
  const escaped = text.replace(/["\\]/g, "\\$&").replace(UNSEEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return `"${escaped}"`;
}

export const actionOf = (tool: string): string => `Action::${cedarText(tool)}`;

const RESERVED = new Set(["true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"]);

/** Whether a name may stand behind a dot. */
export const isIdentifier = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name) && !RESERVED.has(name);
