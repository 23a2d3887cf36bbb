// Which keys does the page that stands there answer to?

import type { KeyCommand } from "./key-commands.ts";

const isThere = (selector: string): boolean => [...document.querySelectorAll(selector)].some((element) => element.checkVisibility());

/** Where it is not told by `data-key`. */
const MEANT_BY: Readonly<Record<string, string>> = { j: "main :is(a.stretch, [data-row])", k: "main :is(a.stretch, [data-row])", "[": "main .tabs a[aria-current]", "]": "main .tabs a[aria-current]", J: 'main [data-key="x"]', K: 'main [data-key="x"]' };

/** By the ids of the commands, as the page is seen now. */
export const keysOfPage = (commands: readonly KeyCommand[]): string[] =>
  commands.map(({ id }) => id).filter((id) => id !== "?" && isThere(MEANT_BY[id] ?? `main [data-key="${CSS.escape(id)}"]`));
