// How is it said who else has a page open? Apart from who may see it, which a browser need not know.

import { listed } from "./quote.ts";

/** "Ana is reviewing", "Ana and Ben are reviewing"; null where nobody is. */
export const presenceSentence = (names: readonly string[]): string | null => (names.length === 0 ? null : `${listed(names, 3)} ${names.length === 1 ? "is" : "are"} reviewing`);
