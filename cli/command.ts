// What a command is: words that are checked first, and then work on the database.

/** The command was called wrongly; the sentence says how to call it. */
export class Misuse extends Error {
  override name = "Misuse";
}

/** Throws `Misuse` before anything is touched; what it returns does the work. */
export type Command = (parameters: string[]) => Promise<() => Promise<void>> | (() => Promise<void>);
