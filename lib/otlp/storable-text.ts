// Which text may come in? Any, but PostgreSQL stores neither NUL nor half a surrogate pair, and one such span would refuse the whole batch.

const REPLACEMENT = "\uFFFD";
const MAX_LABEL_CHARACTERS = 500;

export function storableText(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes("\0") ? whole.replaceAll("\0", REPLACEMENT) : whole;
}

/** For names and ids, which are indexed: an index row has a limit of some 2,700 bytes. */
export function labelText(text: string): string {
  return text.length <= MAX_LABEL_CHARACTERS ? text : storableText(text.slice(0, MAX_LABEL_CHARACTERS));
}
