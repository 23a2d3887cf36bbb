// Who has had a hand in a change, so that somebody else has to decide about it?

import type { Actor } from "./roles.ts";

interface Named {
  id: string;
  name: string;
}

export interface Authors {
  authorIds: string[];
  authorName: string;
}

/** Completes "…; somebody else decides." */
export const IS_AUTHOR = "You proposed this change, or made the key that did";

/**
 * Whoever sends a proposal or an edit of one is an author of it, and so is whom they name: a name excludes that person and frees nobody. What an API
 * key sends, its maker may have sent, who was shown its secret: the maker is an author, too. Owners who want to decide about what a pipeline proposes
 * leave the making of its key to an administrator or to the command line, whose keys have no maker.
 */
export function authorsOf(sender: Actor, { named, keyMakerId, earlierIds }: { named: Named | null; keyMakerId: string | null; earlierIds: readonly string[] }): Authors {
  const sent = sender.kind === "person" || named === null ? [sender.name] : [];
  return {
    authorIds: unique([named?.id, sender.id, keyMakerId, ...earlierIds]),
    authorName: unique([named?.name, ...sent]).join(", "),
  };
}

/** Of a proposal with everything that became of it. */
export function withAuthors(before: Authors, more: Authors): Authors {
  return { authorIds: unique([...before.authorIds, ...more.authorIds]), authorName: unique([...before.authorName.split(", "), ...more.authorName.split(", ")]).join(", ") };
}

const unique = (values: readonly (string | null | undefined)[]): string[] => [...new Set(values.filter((value) => value !== null && value !== undefined))];
