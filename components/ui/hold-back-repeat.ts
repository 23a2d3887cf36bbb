import type { KeyboardEvent } from "react";

/** A key that is still down from what was there before decides and opens nothing here. */
export function holdBackRepeat(event: KeyboardEvent): void {
  if (event.repeat && (event.key === "Enter" || event.key === " ")) event.preventDefault();
}
