// The command was called wrongly; the sentence says how to call it.

export class Misuse extends Error {
  override name = "Misuse";
}
