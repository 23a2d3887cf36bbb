// Which refusals are expected? Each carries a sentence for people; every other error is a bug and is shown as an id only.

export class NotPermitted extends Error {
  override name = "NotPermitted";
}
/** The request is understood and well formed, but the state of things does not allow it. */
export class NotPossible extends Error {
  override name = "NotPossible";
}
export class NotFound extends Error {
  override name = "NotFound";
}
/** Somebody else was first, or the page was out of date. */
export class Conflict extends Error {
  override name = "Conflict";
}
export class BadInput extends Error {
  override name = "BadInput";
}
/** The database cannot be reached; the caller should try again later. */
export class Unavailable extends Error {
  override name = "Unavailable";
}
/** The database went away while a change was being committed: it may be stored, or not. */
export class OutcomeUnknown extends Unavailable {
  override name = "OutcomeUnknown";
}

export type Refusal = NotPermitted | NotPossible | NotFound | Conflict | BadInput;

export function isRefusal(error: unknown): error is Refusal {
  return (
    error instanceof NotPermitted || error instanceof NotPossible || error instanceof NotFound || error instanceof Conflict || error instanceof BadInput
  );
}

/** Over HTTP. */
export function statusOfRefusal(refusal: Refusal): 400 | 403 | 404 | 409 {
  if (refusal instanceof BadInput) return 400;
  if (refusal instanceof NotPermitted) return 403;
  return refusal instanceof NotFound ? 404 : 409;
}
