// What does the frame of every page ask for, and go on asking?

import { queryOptions } from "@tanstack/react-query";
import type { OnCall } from "../../lib/domain/on-call.ts";
import { askConsole } from "./ask-console.ts";
import { WAITING_KINDS } from "./waiting-kinds.ts";

export interface ShellCounts {
  /** Null: could not be counted. */
  inbox: number | null;
  agents: number;
  changes: number;
  /** Null: it is not known what is stopped. */
  stops: number | null;
  /** Of the newest that are engaged. */
  stopNames: string[];
  stopStates: { id: string; words: string }[];
  /** Null: nobody. Undefined: not told to who may see nothing. */
  onCall: OnCall | null | undefined;
}

export const shellQuery = queryOptions({
  queryKey: ["shell"],
  // With people, because a session that somebody ended is noticed by asking.
  meta: { movesWith: ["stop.", "agent.", "person.", "on_call.", ...WAITING_KINDS] },
  queryFn: ({ signal }) => askConsole<ShellCounts>("/api/console/shell", signal),
});
