// What a command throws that did what it was told and could not prove it.

/** The command ends with 2, so that a script can tell "not proven" from "not done". */
export class NotProven extends Error {
  override name = "NotProven";
}
