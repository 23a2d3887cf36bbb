import { expect, test } from "vitest";
import { BadInput, Conflict, NotFound, NotPermitted, NotPossible, statusOfRefusal } from "./errors.ts";

test.each([
  [new BadInput("The address is wrong."), 400], [new NotPermitted("Not yours."), 403], [new NotFound("Not there."), 404], [new Conflict("Somebody was first."), 409], [new NotPossible("Not now."), 409],
] as const)("%s is told apart from a state that does not allow it", (refusal, status) => expect(statusOfRefusal(refusal)).toBe(status));
