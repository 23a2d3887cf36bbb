"use client";

import { useState } from "react";
import type { FormState } from "@/lib/server-action.ts";

/** The revision that a form began from, while the page under it is made anew: what somebody else saves meanwhile is refused to be overwritten. One's own save begins from what it made. */
export function useHeldRevision(revision: number, state: FormState): number {
  const [held, setHeld] = useState({ revision, state, isSaved: false });
  if (state !== held.state) setHeld({ ...held, state, isSaved: state.status === "done" });
  else if (held.isSaved && revision !== held.revision) setHeld({ ...held, revision, isSaved: false });
  return held.revision;
}
