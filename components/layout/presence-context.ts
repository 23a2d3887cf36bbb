"use client";

import { createContext } from "react";

/** Who else has open what this tab shows, as the house told it. */
export interface Present {
  topic: string;
  names: readonly string[];
}

export interface PresenceInTab {
  present: Present | null;
  /** Says what the page is about; returns how it says that it is gone. */
  watch: (topic: string) => () => void;
}

export const PresenceContext = createContext<PresenceInTab>({ present: null, watch: () => () => undefined });
